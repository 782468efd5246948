public import Postgres
public import TimescaleDB

/// What a task of the queue covers, whichever chunk has those rows now.
public struct TaskExtent: Sendable {
  public let chunk: QualifiedName
  /// On the source.
  public let hypertable: QualifiedName
  public let isCopied: Bool
  /// The chunk's slices by their columns; empty where another tool noted them in a way that can't be read.
  private let slices: [Identifier: Dimension.Range]
  /// The task's part of the time dimension.
  private let range: Dimension.Range

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, isCopied: Bool, slices: [Identifier: Dimension.Range],
    range: Dimension.Range
  ) {
    self.chunk = chunk
    self.hypertable = hypertable
    self.isCopied = isCopied
    self.slices = slices
    self.range = range
  }

  /// The task's time; nil where it isn't known.
  public func time(_ column: Identifier) -> Dimension.Range? { slices[column]?.intersection(range) }

  /// The task's box in these dimensions; nil where it isn't known. A dimension that is younger than the task bounds
  /// nothing.
  public func box(in dimensions: [Dimension]) -> Box? {
    guard !slices.isEmpty, let index = dimensions.timeIndex else { return nil }
    var ranges = dimensions.map { slices[$0.column] ?? Dimension.Range(lower: .min, upper: .max) }
    ranges[index] = ranges[index].intersection(range)
    return Box(ranges)
  }

  /// All tasks' extents.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on target: borrowing Connection) throws(PostgresError) -> [TaskExtent] {
    try target.query(
      """
      SELECT chunk_schema, chunk_name, hypertable_schema, hypertable_name, worked IS NOT NULL,
        coalesce(lower_bound, \(Int64.min)), coalesce(upper_bound, \(Int64.max)),
        CASE WHEN jsonb_typeof(dimensions) = 'array' THEN ARRAY(
          SELECT concat_ws(' ', d ->> 'range_start', d ->> 'range_end', d ->> 'column_name')
          FROM jsonb_array_elements(dimensions) AS d) ELSE '{}' END
      FROM __backfill.task
      """, doing: "reading the queue"
    ) { row throws(PostgresError) in
      TaskExtent(
        chunk: try row.name(0), hypertable: try row.name(2), isCopied: try row.flag(4),
        slices: Self.slices(try row.texts(7)),
        range: Dimension.Range(lower: try row.integer(5), upper: try row.integer(6)))
    }
  }

  /// Each slice as "lower upper column".
  private static func slices(_ texts: [String]) -> [Identifier: Dimension.Range] {
    var slices: [Identifier: Dimension.Range] = [:]
    for text in texts {
      let words = text.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let lower = Int64(words[0]), let upper = Int64(words[1]) else { return [:] }
      slices[Identifier(String(words[2]))] = Dimension.Range(lower: lower, upper: upper)
    }
    return slices
  }
}
