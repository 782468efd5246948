public import Postgres
internal import TimescaleDB

/// The tasks of the queue as a whole: which are open, done and left. What happens to one of them is `TaskTransaction`.
public struct Queue: Sendable {
  /// Names this run in tasks that failed or differed in it, so that it doesn't take them up again.
  public let run: String
  /// Which of the tasks the run is about.
  public let scope: Scope
  /// For what tasks say to people.
  public let words: any QueueWords

  public init(run: String, scope: Scope = .all, words: any QueueWords) {
    self.run = run
    self.scope = scope
    self.words = words
  }

  /// The life of one task in this run.
  public var transaction: TaskTransaction { TaskTransaction(run: run, scope: scope, words: words) }

  /// A kind of work, with the tasks that are there for it.
  public enum Work: Sendable {
    case copying
    case verifying

    /// Which tasks are still to be done. A split chunk is verified as one, by the first of its parts that isn't, once all
    /// are copied.
    func isOpen(_ scope: Scope = .all) -> SQL {
      switch self {
      case .copying: return scope == .all ? "worked IS NULL" : "worked IS NULL AND \(scope.condition)"
      case .verifying:
        let isUnverified: SQL = scope.includesVerified ? "true" : "task.verified IS NULL"
        let isOtherUnverified: SQL = scope.includesVerified ? "true" : "other.verified IS NULL"
        return """
          worked IS NOT NULL AND \(isUnverified) AND \(scope.condition) AND (split IS NULL OR NOT EXISTS (
            SELECT FROM __backfill.task AS other WHERE other.split = task.split
              AND (other.worked IS NULL OR \(isOtherUnverified) AND other.priority < task.priority)))
          """
      }
    }

    var order: SQL {
      switch self {
      case .copying: "(attempts > 0), priority"
      case .verifying: "priority"
      }
    }

    /// Whether a task was done, by whomever.
    var isDone: SQL {
      switch self {
      case .copying: "worked IS NOT NULL"
      case .verifying: "verified IS NOT NULL"
      }
    }
  }

  /// Not given up by this run.
  var isOwn: SQL { "NOT \(Self.isPassed(by: "\(run)"))" }

  /// Whether a run has given a task up. Several may have, side by side: with only the last one known, two runs would hand
  /// each other the same tasks for ever.
  static func isPassed(by run: SQL) -> SQL {
    "strpos(concat(' ', passed_by, ' '), concat(' ', \(run)::text, ' ')) > 0"
  }

  /// A run more, of which the last ones stay.
  static func passing(by run: String) -> SQL { "passed_by = right(concat_ws(' ', passed_by, \(run)), 200)" }

  /// The tasks that are to be done and weren't given up by this run, whoever has them: the first in order.
  ///
  /// - Throws: `PostgresError`.
  public func open(
    _ work: Work, limit: Int, on target: borrowing Connection
  ) throws(PostgresError) -> [OpenTask] {
    try target.query(
      """
      SELECT priority, chunk_schema, chunk_name FROM __backfill.task WHERE \(work.isOpen(scope)) AND \(isOwn)
      ORDER BY \(work.order) LIMIT \(limit)
      """, doing: "looking for tasks that are left"
    ) { row throws(PostgresError) in
      OpenTask(priority: try row.integer("priority"), chunk: try row.name("chunk_schema", "chunk_name"))
    }
  }

  /// All tasks that are open, whoever has them.
  ///
  /// - Throws: `PostgresError`.
  public func tasks(_ work: Work, on target: borrowing Connection) throws(PostgresError) -> [BackfillTask] {
    try target.query(
      "SELECT \(BackfillTask.columns) FROM __backfill.task WHERE \(work.isOpen(scope)) ORDER BY priority",
      doing: "reading the queue"
    ) { row throws(PostgresError) in try BackfillTask(row) }
  }

  /// Which of some tasks are done after all.
  ///
  /// - Throws: `PostgresError`.
  public func done(
    _ work: Work, of priorities: [Int64], on target: borrowing Connection
  ) throws(PostgresError) -> Set<Int64> {
    // That they are verified may be from before.
    guard !priorities.isEmpty, !scope.includesVerified else { return [] }
    let found = try target.query(
      """
      SELECT priority FROM __backfill.task WHERE \(work.isDone)
        AND priority IN (\(priorities.map { "\($0)" as SQL }.joined(separator: ", ")))
      """, doing: "looking for failed tasks that others have done"
    ) { row throws(PostgresError) in try row.integer("priority") }
    return Set(found)
  }

  /// The hypertables that tasks are about, as the queue says.
  ///
  /// - Throws: `PostgresError`.
  public static func hypertables(
    on target: borrowing Connection
  ) throws(PostgresError) -> (source: Set<QualifiedName>, target: Set<QualifiedName>) {
    let found = try target.query(
      """
      SELECT DISTINCT hypertable_schema, hypertable_name, \(BackfillTask.targetHypertable("task"))
      FROM __backfill.task
      """, doing: "reading the queue"
    ) { row throws(PostgresError) in
      (
        source: try row.name("hypertable_schema", "hypertable_name"),
        target: try row.name("target_schema", "target_name")
      )
    }
    return (Set(found.map(\.source)), Set(found.map(\.target)))
  }

  /// All tasks, with whether they are copied.
  ///
  /// - Throws: `PostgresError`.
  public static func staged(
    on target: borrowing Connection
  ) throws(PostgresError) -> [(task: BackfillTask, isCopied: Bool)] {
    try target.query(
      "SELECT \(BackfillTask.columns), worked IS NOT NULL AS is_copied FROM __backfill.task ORDER BY priority",
      doing: "reading the queue"
    ) { row throws(PostgresError) in (try BackfillTask(row), try row.flag("is_copied")) }
  }

  /// How many tasks are in each state.
  ///
  /// - Parameter scope: which of the unverified ones count.
  /// - Throws: `PostgresError`.
  public static func counts(
    on target: borrowing Connection, _ scope: Scope = .all
  ) throws(PostgresError) -> Counts {
    let found = try target.query(
      """
      SELECT count(*) AS tasks, count(*) FILTER (WHERE worked IS NULL) AS uncopied,
        count(DISTINCT \(unit)) FILTER (WHERE \(isToBeVerified(scope))) AS unverified
      FROM __backfill.task
      """, doing: "counting tasks"
    ) { row throws(PostgresError) in
      Counts(
        all: Int(try row.integer("tasks")), uncopied: Int(try row.integer("uncopied")),
        unverified: Int(try row.integer("unverified")))
    }
    return found.first ?? Counts(all: 0, uncopied: 0, unverified: 0)
  }

  /// Whether a task is of a chunk that is still to be verified: of a split one each part, for counting and adding up,
  /// where a claim takes but one (`Work.isOpen`). Looks at the splits once, not for each task.
  static func isToBeVerified(_ scope: Scope = .all) -> SQL {
    """
    worked IS NOT NULL AND \(scope.includesVerified ? "true" : "verified IS NULL" as SQL)
      AND \(scope.condition) AND (split IS NULL OR split NOT IN (
        SELECT split FROM __backfill.task WHERE worked IS NULL AND split IS NOT NULL))
    """
  }

  public struct Counts: Sendable, Equatable {
    public let all: Int
    public let uncopied: Int
    /// Copied but not verified; a split chunk counts once, and only when all of it is copied.
    public let unverified: Int

    public init(all: Int, uncopied: Int, unverified: Int) {
      self.all = all
      self.uncopied = uncopied
      self.unverified = unverified
    }
  }
}
