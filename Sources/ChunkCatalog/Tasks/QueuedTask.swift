public import Postgres
public import TimescaleDB

/// A task that the queue has already, as staging again has to see it.
public struct QueuedTask: CopiedTask, Sendable {
  public var priority: Int64
  /// The chunk and its hypertable on the source.
  public var chunk: QualifiedName
  public var hypertable: QualifiedName
  public var targetHypertable: QualifiedName
  public var copiedInto: Int64?
  public var isCopied: Bool
  /// The chunk's slices when it was staged, by column; empty where the task doesn't say them.
  public var slices: [Identifier: Dimension.Range]
  /// nil where only a text says them, as in tasks of another tool.
  public var bounds: TaskBounds?
  public var snapshot: String?
  /// The key of the split that it is a part of.
  public var split: Int64?
  /// Its chunk goes without something until the last part of that split is copied.
  public var hasDeferredWork: Bool

  public init(
    priority: Int64, chunk: QualifiedName, hypertable: QualifiedName, targetHypertable: QualifiedName,
    copiedInto: Int64? = nil, isCopied: Bool, slices: [Identifier: Dimension.Range], bounds: TaskBounds?,
    snapshot: String? = nil,
    split: Int64? = nil, hasDeferredWork: Bool = false
  ) {
    self.priority = priority
    self.chunk = chunk
    self.hypertable = hypertable
    self.targetHypertable = targetHypertable
    self.copiedInto = copiedInto
    self.isCopied = isCopied
    self.slices = slices
    self.bounds = bounds
    self.snapshot = snapshot
    self.split = split
    self.hasDeferredWork = hasDeferredWork
  }

  /// All tasks of the queue, in the order of work.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on target: borrowing Connection) throws(PostgresError) -> [QueuedTask] {
    try target.query(question, doing: "reading the queue") { row throws(PostgresError) in
      let columns = try row.texts("columns").map(Identifier.init)
      let starts = try row.integers("starts")
      let ends = try row.integers("ends")
      let isWhole = columns.count == starts.count && columns.count == ends.count
      let slices =
        isWhole ? zip(columns, zip(starts, ends)).map { ($0, Dimension.Range(lower: $1.0, upper: $1.1)) } : []
      return QueuedTask(
        priority: try row.integer("priority"), chunk: try row.name("chunk_schema", "chunk_name"),
        hypertable: try row.name("hypertable_schema", "hypertable_name"),
        targetHypertable: try row.name("target_schema", "target_name"),
        copiedInto: try row.optionalInteger("target_hypertable_id"), isCopied: try row.flag("is_copied"),
        slices: Dictionary(slices, uniquingKeysWith: { first, _ in first }),
        bounds: try row.flag("says_bounds") ? try TaskBounds(row) : nil,
        snapshot: try row.optionalText("snapshot"),
        split: try row.optionalInteger("split"), hasDeferredWork: try row.flag("has_deferred_work"))
    }
  }

  /// Bounds that aren't whole numbers were written by somebody else, and are left out.
  private static let question: SQL = """
    SELECT t.priority, t.chunk_schema, t.chunk_name, t.hypertable_schema, t.hypertable_name,
      \(BackfillTask.targetHypertable("t")), t.target_hypertable_id,
      t.worked IS NOT NULL AS is_copied, d.columns, d.starts, d.ends,
      t.staged_by IS NOT NULL OR t.filter IS NULL AS says_bounds,
      t.lower_bound, t.upper_bound, t.snapshot, t.split,
      t.split IS NOT NULL AND t.split IN (SELECT split FROM __backfill.deferred) AS has_deferred_work
    FROM __backfill.task AS t
    CROSS JOIN LATERAL (
      SELECT array_agg(e ->> 'column_name') AS columns, array_agg(e ->> 'range_start') AS starts,
        array_agg(e ->> 'range_end') AS ends
      FROM jsonb_array_elements(CASE WHEN jsonb_typeof(t.dimensions) = 'array' THEN t.dimensions ELSE '[]' END) AS e
      WHERE e ->> 'column_name' IS NOT NULL
        AND e ->> 'range_start' ~ '^-?[0-9]{1,19}$' AND e ->> 'range_end' ~ '^-?[0-9]{1,19}$'
    ) AS d
    ORDER BY t.priority
    """
}

/// What staging again changes in tasks that are there.
public struct QueueChanges: Sendable {
  /// Tasks to be taken out.
  public var removed: [Int64] = []
  /// Copied tasks that no longer belong to a split, as other parts of it were replaced: each is verified by itself.
  public var detached: [Int64] = []
  /// Copied tasks whose chunk has other bounds now, with the task as it is now.
  public var rewritten: [(priority: Int64, task: StagedTask)] = []
  /// Copied tasks whose rows went with a hypertable of the target, and whose chunk the source has dropped: nobody looks for
  /// them any more.
  public var orphaned: [Int64] = []
  /// Splits whose deferred work goes over to another one.
  public var inherited: [(from: Int64, to: Int64)] = []

  public init() {}

  /// Writes the changes, for a caller that has the queue alone, before new tasks are put in.
  ///
  /// - Throws: `PostgresError`.
  public func apply(on target: borrowing Connection) throws(PostgresError) {
    var statements: [SQL] = []
    for batch in removed.batches(of: 1000) {
      statements.append("DELETE FROM __backfill.task WHERE priority IN (\(Self.list(batch)))")
    }
    for batch in detached.batches(of: 1000) {
      statements.append(
        "UPDATE __backfill.task SET split = NULL, part = NULL WHERE priority IN (\(Self.list(batch)))")
    }
    for batch in orphaned.batches(of: 1000) {
      statements.append(
        "UPDATE __backfill.task SET target_hypertable_id = NULL WHERE priority IN (\(Self.list(batch)))")
    }
    statements += inherited.map { from, to in
      "UPDATE __backfill.deferred SET split = \(to) WHERE split = \(from)"
    }
    for batch in rewritten.batches(of: 500) {
      statements.append(StagedTask.rewriting(Array(batch)))
    }
    guard !statements.isEmpty else { return }
    try target.execute(statements.joined(separator: ";\n"), doing: "replacing tasks")
  }

  /// Splits that nothing refers to any more.
  public static let forgetSplits: SQL = """
    DELETE FROM __backfill.split AS s
    WHERE NOT EXISTS (SELECT FROM __backfill.task AS t WHERE t.split = s.id)
      AND NOT EXISTS (SELECT FROM __backfill.deferred AS d WHERE d.split = s.id);
    """

  private static func list(_ keys: ArraySlice<Int64>) -> SQL {
    keys.map { "\($0)" as SQL }.joined(separator: ", ")
  }
}

extension Array {
  /// Pieces of a length that one statement may well have.
  func batches(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
