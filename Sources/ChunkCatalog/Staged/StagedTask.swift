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
  public var bounds: TaskBounds
  public var snapshot: String?
  /// Set where the chunk is copied by several tasks.
  public var part: Part?
  /// How much there is to read; nil where it isn't known.
  public var expectedBytes: Int64?
  public var expectedRows: Int64?

  /// One of the tasks of a split chunk.
  public struct Part: Sendable, Equatable {
    /// The key of an earlier split of the chunk, whose deferred work this one takes over; nil for a split of its own.
    public var split: Int64?
    /// Counted from 1.
    public var number: Int
    public var count: Int
    /// All parts together.
    public var whole: TaskBounds

    public init(number: Int, count: Int, whole: TaskBounds, split: Int64? = nil) {
      self.split = split
      self.number = number
      self.count = count
      self.whole = whole
    }
  }

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, targetHypertable: QualifiedName,
    targetChunk: QualifiedName?, dimensions: [Dimension], slices: [Dimension.Range],
    bounds: TaskBounds, snapshot: String?, part: Part? = nil
  ) {
    self.part = part
    self.chunk = chunk
    self.hypertable = hypertable
    self.targetHypertable = targetHypertable
    self.targetChunk = targetChunk
    self.dimensions = dimensions
    self.slices = slices
    self.bounds = bounds
    self.snapshot = snapshot
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
          dimensions, filter, lower_bound, upper_bound, snapshot, staged_by, split, part,
          expected_bytes, expected_rows)
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
        "SELECT coalesce(max(id), 0) AS last FROM __backfill.split", doing: "writing tasks"
      ) { row throws(PostgresError) in try row.integer("last") }.first ?? 0
    var keys: [Int64?] = []
    var rows: [SQL] = []
    var open: (chunk: QualifiedName, left: Int, key: Int64)?
    for task in tasks {
      guard let part = task.part else {
        keys.append(nil)
        continue
      }
      if open?.chunk != task.chunk || open?.left == 0 {
        let key = part.split ?? last + 1
        last = max(last, key)
        rows.append("(\(key), \(part.count), \(part.whole.lower), \(part.whole.upper))")
        open = (task.chunk, part.count, key)
      }
      open?.left -= 1
      keys.append(open?.key)
    }
    try target.execute(
      """
      INSERT INTO __backfill.split (id, parts, lower_bound, upper_bound) VALUES \(rows.joined(separator: ", "))
      ON CONFLICT (id) DO UPDATE
      SET parts = excluded.parts, lower_bound = excluded.lower_bound, upper_bound = excluded.upper_bound
      """, doing: "writing tasks")
    return keys
  }

  private func row(stagedBy: String, split: Int64?) -> SQL {
    """
    (\(chunk.schema.name), \(chunk.name.name), \(hypertable.schema.name), \(hypertable.name.name),
      \(targetHypertable.schema.name), \(targetHypertable.name.name),
      \(targetChunk?.schema.name), \(targetChunk?.name.name),
      \(described), \(readableFilter), \(bounds.lower), \(bounds.upper),
      \(snapshot), \(stagedBy), \(split), \((part?.number).map(Int64.init)),
      \(expectedBytes), \(expectedRows))
    """
  }

  /// The chunk's slices as the queue keeps them.
  private var described: SQL {
    let slices = zip(dimensions, slices).map { dimension, slice in
      """
      jsonb_build_object('column_name', \(dimension.column.name), 'column_type', \(dimension.type),
        'range_start', \(slice.lower)::bigint, 'range_end', \(slice.upper)::bigint)
      """ as SQL
    }
    return "jsonb_build_array(\(slices.joined(separator: ", ")))"
  }

  /// Makes copied tasks say where their rows are now, whose chunk was given other bounds since.
  static func rewriting(_ tasks: [(priority: Int64, task: StagedTask)]) -> SQL {
    let rows = tasks.map { priority, task in
      """
      (\(priority), \(task.hypertable.schema.name), \(task.hypertable.name.name), \(task.described),
        \(task.readableFilter)::text, \(task.bounds.lower)::bigint, \(task.bounds.upper)::bigint)
      """ as SQL
    }
    return """
      UPDATE __backfill.task AS t
      SET hypertable_schema = n.schema_name, hypertable_name = n.table_name, dimensions = n.dimensions,
        filter = n.filter, lower_bound = n.lower_bound, upper_bound = n.upper_bound, split = NULL, part = NULL,
        staged_by = coalesce(t.staged_by, 'an earlier tool')
      FROM (VALUES \(rows.joined(separator: ", ")))
        AS n (priority, schema_name, table_name, dimensions, filter, lower_bound, upper_bound)
      WHERE t.priority = n.priority
      """
  }

  /// What the bounds mean as a condition; for people, never run.
  private var readableFilter: String? {
    guard !bounds.isWholeChunk, let index = dimensions.timeIndex,
      case .condition(let condition) = dimensions[index].predicate(bounds.range)
    else { return nil }
    return condition.text
  }
}
