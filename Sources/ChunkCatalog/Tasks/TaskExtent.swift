public import Postgres
public import TimescaleDB

/// What a task of the queue covers, whichever chunk has those rows now.
public struct TaskExtent: CopiedTask, Sendable {
  public let chunk: QualifiedName
  /// On the source.
  public let hypertable: QualifiedName
  /// On the target, as staging found it.
  public let targetHypertable: QualifiedName
  public let isCopied: Bool
  public let copiedInto: Int64?
  /// It was copied, and had rows. Of what another tool has copied that isn't known.
  public let hasCopiedRows: Bool
  /// The chunk's slices by their columns; empty where another tool noted them in a way that can't be read.
  private let slices: [Identifier: Dimension.Range]
  private let bounds: TaskBounds

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, targetHypertable: QualifiedName? = nil, isCopied: Bool,
    copiedInto: Int64? = nil,
    hasCopiedRows: Bool = false,
    slices: [StagedSlice], bounds: TaskBounds
  ) {
    self.chunk = chunk
    self.hypertable = hypertable
    self.targetHypertable = targetHypertable ?? hypertable
    self.isCopied = isCopied
    self.copiedInto = copiedInto
    self.hasCopiedRows = hasCopiedRows
    self.slices = Dictionary(slices.map { ($0.column, $0.range) }, uniquingKeysWith: { $1 })
    self.bounds = bounds
  }

  /// The task's time; nil where it isn't known.
  public func time(_ column: Identifier) -> Dimension.Range? { slices[column].map(bounds.part) }

  /// The task's box in these dimensions; nil where it isn't known. A dimension that is younger than the task bounds
  /// nothing.
  public func box(in dimensions: [Dimension]) -> Box? {
    guard !slices.isEmpty, let index = dimensions.timeIndex else { return nil }
    var ranges = dimensions.map { slices[$0.column] ?? Dimension.Range(lower: .min, upper: .max) }
    ranges[index] = bounds.part(of: ranges[index])
    return Box(ranges)
  }

  /// All tasks' extents.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on target: borrowing Connection) throws(PostgresError) -> [TaskExtent] {
    try target.query(
      """
      SELECT chunk_schema, chunk_name, hypertable_schema, hypertable_name,
        \(BackfillTask.targetHypertable("task")), worked IS NOT NULL AS is_copied,
        target_hypertable_id, worked IS NOT NULL AND coalesce(copied_rows > 0, false) AS has_copied_rows, lower_bound, upper_bound,
        \(StagedSlice.texts)
      FROM __backfill.task
      """, doing: "reading the queue"
    ) { row throws(PostgresError) in
      TaskExtent(
        chunk: try row.name("chunk_schema", "chunk_name"),
        hypertable: try row.name("hypertable_schema", "hypertable_name"),
        targetHypertable: try row.name("target_schema", "target_name"),
        isCopied: try row.flag("is_copied"), copiedInto: try row.optionalInteger("target_hypertable_id"),
        hasCopiedRows: try row.flag("has_copied_rows"),
        slices: try StagedSlice.all(in: row), bounds: try TaskBounds(row)
      )
    }
  }
}
