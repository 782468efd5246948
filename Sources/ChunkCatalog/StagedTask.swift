public import Postgres
public import TimescaleDB

/// A task as `stage` puts it into the queue.
public struct StagedTask: Sendable {
  public var chunk: QualifiedName
  public var hypertable: QualifiedName
  public var targetHypertable: QualifiedName
  public var targetChunk: QualifiedName?
  public var dimensions: [Dimension]
  public var slices: [Dimension.Range]
  /// `Int64.min` and `.max` stand for the chunk's own bounds.
  public var range: Dimension.Range
  public var snapshot: String?

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, targetHypertable: QualifiedName,
    targetChunk: QualifiedName?, dimensions: [Dimension], slices: [Dimension.Range],
    range: Dimension.Range, snapshot: String?
  ) {
    self.chunk = chunk
    self.hypertable = hypertable
    self.targetHypertable = targetHypertable
    self.targetChunk = targetChunk
    self.dimensions = dimensions
    self.slices = slices
    self.range = range
    self.snapshot = snapshot
  }

  /// The tasks that the queue has for a chunk already, by the chunk's name.
  ///
  /// - Throws: `PostgresError`.
  public static func staged(
    on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: [Dimension.Range]] {
    let rows = try target.query(
      "SELECT \(BackfillTask.columns) FROM __backfill.task", doing: "reading the queue"
    ) { row throws(PostgresError) in try BackfillTask(row) }
    // A filter without bounds was staged by another tool: its range isn't known, so it covers nothing here.
    return Dictionary(
      grouping: rows.filter { $0.hasBounds || $0.filter == nil }, by: \.chunk
    ).mapValues { $0.map(\.range) }
  }

  /// Puts tasks into the queue in the order given, by a few large statements.
  ///
  /// - Parameter stagedBy: this program's version, for people to read.
  /// - Throws: `PostgresError`.
  public static func insert(
    _ tasks: [StagedTask], stagedBy: String, on target: borrowing Connection
  ) throws(PostgresError) {
    let batchSize = 500
    for start in stride(from: 0, to: tasks.count, by: batchSize) {
      let batch = tasks[start..<min(start + batchSize, tasks.count)]
      try target.execute(
        """
        INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name,
          target_hypertable_schema, target_hypertable_name, target_chunk_schema, target_chunk_name,
          dimensions, filter, lower_bound, upper_bound, snapshot, staged_by)
        VALUES
        \(batch.map { $0.row(stagedBy: stagedBy) }.joined(separator: ",\n"))
        """, doing: "writing tasks")
    }
  }

  private func row(stagedBy: String) -> SQL {
    let described = zip(dimensions, slices).map { dimension, slice in
      """
      jsonb_build_object('column_name', \(dimension.column.name), 'column_type', \(dimension.type),
        'range_start', \(slice.lower)::bigint, 'range_end', \(slice.upper)::bigint)
      """ as SQL
    }
    let lower = range.lower == .min ? nil : range.lower
    let upper = range.upper == .max ? nil : range.upper
    return """
      (\(chunk.schema.name), \(chunk.name.name), \(hypertable.schema.name), \(hypertable.name.name),
        \(targetHypertable.schema.name), \(targetHypertable.name.name),
        \(targetChunk?.schema.name), \(targetChunk?.name.name),
        jsonb_build_array(\(described.joined(separator: ", "))), \(readableFilter), \(lower), \(upper),
        \(snapshot), \(stagedBy))
      """
  }

  /// What the range means as a condition; for people, never run.
  private var readableFilter: String? {
    guard !range.isUnbounded, let time = dimensions.first(where: { $0.isOpen }),
      case .condition(let condition) = time.predicate(range)
    else { return nil }
    return condition.text
  }
}
