public import Postgres
internal import TimescaleDB

/// Makes tasks that are done be done again.
///
/// In one transaction, so that after a crash either all of them are open or none. It takes the rows' locks, as a claim
/// does, and waits for none: a chunk that a living run has in its hands, or a part of it, is left alone and named.
public struct Repetition: Sendable {
  private let work: Queue.Work
  private let scope: Queue.Scope

  public init(_ work: Queue.Work, _ scope: Queue.Scope) {
    self.work = work
    self.scope = scope
  }

  public struct Result: Sendable, Equatable {
    /// Chunks that are to be done again; those in parts count once.
    public var chunks = 0
    /// Chunks that others had locked.
    public var held: [QualifiedName] = []

    public init(chunks: Int = 0, held: [QualifiedName] = []) {
      self.chunks = chunks
      self.held = held
    }
  }

  /// For a session that has the queue's lock, shared or not, and no transaction open.
  ///
  /// - Throws: `PostgresError`.
  public func perform(on target: borrowing Connection) throws(PostgresError) -> Result {
    let operation = "making chunks be done again"
    try target.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", doing: operation)
    do throws(PostgresError) {
      let free = Set(
        try target.query(
          "SELECT priority FROM __backfill.task WHERE \(candidates) ORDER BY priority FOR NO KEY UPDATE SKIP LOCKED",
          doing: operation
        ) { row throws(PostgresError) in try row.integer("priority") })
      let (tasks, result) = Self.chosen(try allCandidates(on: target, operation), free: free)
      if work == .copying, !tasks.isEmpty {
        try target.execute(StagedAggregate.recordNew, doing: operation)
      }
      for batch in tasks.batches(of: 1000) {
        try target.execute(statement(batch), doing: operation)
      }
      try target.execute("COMMIT", doing: operation)
      return result
    } catch {
      target.rollBack()
      throw error
    }
  }

  /// A task in reach of the repetition.
  struct Candidate: Equatable {
    let priority: Int64
    /// The same for all parts of a chunk.
    let unit: Int64
    let chunk: QualifiedName
    let isDone: Bool
  }

  /// All of a chunk is done again, or nothing of it.
  static func chosen(_ candidates: [Candidate], free: Set<Int64>) -> (tasks: [Int64], result: Result) {
    var result = Result()
    var tasks: [Int64] = []
    for unit in Dictionary(grouping: candidates, by: \.unit).values.sorted(by: {
      $0[0].priority < $1[0].priority
    })
    where unit.contains(where: \.isDone) {
      guard unit.allSatisfy({ free.contains($0.priority) }) else {
        result.held.append(unit[0].chunk)
        continue
      }
      result.chunks += 1
      tasks += unit.filter(\.isDone).map(\.priority)
    }
    return (tasks, result)
  }

  /// With parts of a split chunk that aren't done, which may be in others' hands.
  private var candidates: SQL { "\(scope.condition) AND (\(work.isDone) OR split IS NOT NULL)" }

  private func allCandidates(
    on target: borrowing Connection, _ operation: String
  ) throws(PostgresError) -> [Candidate] {
    try target.query(
      """
      SELECT priority, \(Queue.unit) AS unit, chunk_schema, chunk_name, \(work.isDone) AS is_done
      FROM __backfill.task WHERE \(candidates) ORDER BY priority
      """, doing: operation
    ) { row throws(PostgresError) in
      Candidate(
        priority: try row.integer("priority"), unit: try row.integer("unit"),
        chunk: try row.name("chunk_schema", "chunk_name"), isDone: try row.flag("is_done"))
    }
  }

  private func statement(_ tasks: ArraySlice<Int64>) -> SQL {
    let keys = tasks.map { "\($0)" as SQL }.joined(separator: ", ")
    switch work {
    case .verifying:
      return """
        UPDATE __backfill.task SET verified = NULL, verify_message = NULL, verified_by = NULL, verified_backend = NULL, passed_by = NULL
        WHERE priority IN (\(keys))
        """
    case .copying:
      return StagedAggregate.recordAgain(
        """
        UPDATE __backfill.task
        SET worked = NULL, target_hypertable_id = NULL, copy_message = NULL, copied_rows = NULL, copied_bytes = NULL, verified = NULL,
          verify_message = NULL, differed_at = NULL, copied_by = NULL, copied_backend = NULL, verified_by = NULL,
          verified_backend = NULL, attempts = 0, last_error = NULL, last_error_at = NULL,
          passed_by = NULL
        WHERE priority IN (\(keys)) RETURNING *
        """)
    }
  }
}

extension StagedAggregate {
  /// Resets tasks, and counts their time among what had to be computed: aggregates that have seen their rows have to see
  /// those that come instead. Where that time doesn't count as changed when the task is copied, its rows are logged.
  ///
  /// - Parameter reset: a statement that returns the tasks' rows.
  fileprivate static func recordAgain(_ reset: SQL) -> SQL {
    """
    WITH again AS (\(reset))
    INSERT INTO __backfill.staged_aggregate (view_schema, view_name, \(aggregateID), changed)
    SELECT a.view_schema, a.view_name, a.mat_hypertable_id,
      range_agg(CASE WHEN r.lower >= r.upper THEN 'empty' ELSE int8range(r.lower, r.upper) END)
    FROM again AS t
    JOIN \(ChangedTime.aggregates) AS a ON \(ChangedTime.isOn(
      "a", schema: BackfillTask.targetSchema("t"), name: BackfillTask.targetName("t")))
    LEFT JOIN LATERAL (
      SELECT (e ->> 'range_start')::numeric AS lower, (e ->> 'range_end')::numeric AS upper
      FROM jsonb_array_elements(CASE WHEN jsonb_typeof(t.dimensions) = 'array' THEN t.dimensions ELSE '[]' END) AS e
      WHERE e ->> 'column_name' = \(ChangedTime.timeColumn(of: "a"))
        AND e ->> 'range_start' ~ '^-?[0-9]{1,19}$' AND e ->> 'range_end' ~ '^-?[0-9]{1,19}$'
      LIMIT 1
    ) AS s ON true
    CROSS JOIN LATERAL (
      SELECT greatest(\(bound("s.lower")), t.lower_bound) AS lower, least(\(bound("s.upper")), t.upper_bound) AS upper
    ) AS r
    GROUP BY 1, 2, 3
    \(adding)
    """
  }

  /// NULL for none.
  private static func bound(_ value: SQL) -> SQL {
    "CASE WHEN \(value) > \(Int64.min) AND \(value) < \(Int64.max) THEN \(value)::int8 END"
  }
}
