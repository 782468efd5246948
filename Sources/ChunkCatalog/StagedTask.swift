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
  /// Set where the chunk is copied by several tasks.
  public var part: Part?

  /// One of the tasks of a split chunk.
  public struct Part: Sendable {
    /// Counted from 1.
    public var number: Int
    public var count: Int
    /// All parts' range together.
    public var whole: Dimension.Range

    public init(number: Int, count: Int, whole: Dimension.Range) {
      self.number = number
      self.count = count
      self.whole = whole
    }
  }

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, targetHypertable: QualifiedName,
    targetChunk: QualifiedName?, dimensions: [Dimension], slices: [Dimension.Range],
    range: Dimension.Range, snapshot: String?, part: Part? = nil
  ) {
    self.part = part
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

  /// Puts tasks into the queue in the order given, by a few large statements. For a caller that has the queue alone.
  ///
  /// - Parameters:
  ///   - tasks: the parts of one chunk stand together and are complete.
  ///   - stagedBy: this program's version, for people to read.
  /// - Throws: `PostgresError`.
  public static func insert(
    _ tasks: [StagedTask], stagedBy: String, on target: borrowing Connection
  ) throws(PostgresError) {
    let splits = try insertSplits(of: tasks, on: target)
    let batchSize = 500
    for start in stride(from: 0, to: tasks.count, by: batchSize) {
      let batch = (start..<min(start + batchSize, tasks.count)).map { (tasks[$0], splits[$0]) }
      try target.execute(
        """
        INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name,
          target_hypertable_schema, target_hypertable_name, target_chunk_schema, target_chunk_name,
          dimensions, filter, lower_bound, upper_bound, snapshot, staged_by, split, part)
        VALUES
        \(batch.map { $0.row(stagedBy: stagedBy, split: $1) }.joined(separator: ",\n"))
        """, doing: "writing tasks")
    }
  }

  /// Gives each split chunk a key.
  ///
  /// - Returns: each task's split, where it has one.
  private static func insertSplits(
    of tasks: [StagedTask], on target: borrowing Connection
  ) throws(PostgresError) -> [Int64?] {
    guard tasks.contains(where: { $0.part != nil }) else { return tasks.map { _ in nil } }
    var last =
      try target.query(
        "SELECT coalesce(max(id), 0) FROM __backfill.split", doing: "writing tasks"
      ) { row throws(PostgresError) in try row.integer(0) }.first ?? 0
    var keys: [Int64?] = []
    var rows: [SQL] = []
    var open: (chunk: QualifiedName, left: Int)?
    for task in tasks {
      guard let part = task.part else {
        keys.append(nil)
        continue
      }
      if open?.chunk != task.chunk || open?.left == 0 {
        last += 1
        rows.append("(\(last), \(part.count), \(part.whole.lowerOrNil), \(part.whole.upperOrNil))")
        open = (task.chunk, part.count)
      }
      open?.left -= 1
      keys.append(last)
    }
    try target.execute(
      "INSERT INTO __backfill.split (id, parts, lower_bound, upper_bound) VALUES \(rows.joined(separator: ", "))",
      doing: "writing tasks")
    return keys
  }

  private func row(stagedBy: String, split: Int64?) -> SQL {
    let described = zip(dimensions, slices).map { dimension, slice in
      """
      jsonb_build_object('column_name', \(dimension.column.name), 'column_type', \(dimension.type),
        'range_start', \(slice.lower)::bigint, 'range_end', \(slice.upper)::bigint)
      """ as SQL
    }
    return """
      (\(chunk.schema.name), \(chunk.name.name), \(hypertable.schema.name), \(hypertable.name.name),
        \(targetHypertable.schema.name), \(targetHypertable.name.name),
        \(targetChunk?.schema.name), \(targetChunk?.name.name),
        jsonb_build_array(\(described.joined(separator: ", "))), \(readableFilter), \(range.lowerOrNil), \(range.upperOrNil),
        \(snapshot), \(stagedBy), \(split), \((part?.number).map(Int64.init)))
      """
  }

  /// What the range means as a condition; for people, never run.
  private var readableFilter: String? {
    guard !range.isUnbounded, let index = dimensions.timeIndex,
      case .condition(let condition) = dimensions[index].predicate(range)
    else { return nil }
    return condition.text
  }
}

extension Dimension.Range {
  /// nil for the chunk's own bound.
  fileprivate var lowerOrNil: Int64? { lower == .min ? nil : lower }
  fileprivate var upperOrNil: Int64? { upper == .max ? nil : upper }
}
