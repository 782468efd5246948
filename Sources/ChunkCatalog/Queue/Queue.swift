public import Postgres
internal import TimescaleDB

/// The questions and statements that move a task from staged to copied to verified. Each is a piece of SQL that
/// the caller puts into a batch with others: what belongs together goes over the wire together.
public struct Queue: Sendable {
  /// Names this run in tasks that failed or differed in it, so that it doesn't take them up again.
  public let run: String
  /// Where the next claim begins to look; nil for the start. What comes before may be done, locked, or passed by, and can
  /// be given back or reset at any time, so that nothing is left is only said of a look from the start.
  public var place: Place?

  public init(run: String, place: Place? = nil) {
    self.run = run
    self.place = place
  }

  /// A task's place in the order of work. Looking from there on leaves out the index entries of tasks that are done:
  /// while an old snapshot is held anywhere on the server, these can't be removed, and each claim would pass them all.
  public struct Place: Sendable, Equatable {
    /// The task failed in an earlier run, so it comes after the fresh ones.
    public let isRetried: Bool
    public let priority: Int64

    public init(isRetried: Bool, priority: Int64) {
      self.isRetried = isRetried
      self.priority = priority
    }
  }

  /// A kind of work, with the tasks that are there for it.
  public enum Work: Sendable {
    case copying
    case verifying

    /// Which tasks are still to be done. A split chunk is verified as one, by the first of its parts that isn't, once all
    /// are copied.
    var isOpen: SQL {
      switch self {
      case .copying: "worked IS NULL"
      case .verifying:
        """
        worked IS NOT NULL AND verified IS NULL AND (split IS NULL OR NOT EXISTS (
          SELECT FROM __backfill.task AS other WHERE other.split = task.split
            AND (other.worked IS NULL OR other.verified IS NULL AND other.priority < task.priority)))
        """
      }
    }

    /// Of these, which may be begun.
    fileprivate var isClaimable: SQL {
      switch self {
      case .copying: "\(isOpen) AND \(TaskConflicts.runsAlone)"
      case .verifying: isOpen
      }
    }

    fileprivate var order: SQL {
      switch self {
      case .copying: "(attempts > 0), priority"
      case .verifying: "priority"
      }
    }

    /// For the rest of the task's transaction: copying takes locks, which are waited for only for a moment.
    fileprivate var settings: SQL {
      switch self {
      case .copying: LockTimeout.setting + ";\n"
      case .verifying: ""
      }
    }

    /// Behind the place that `$2` (isRetried) and `$3` (priority) name.
    fileprivate var isBehind: SQL {
      switch self {
      case .copying: "((attempts > 0), priority) > ($2, $3)"
      case .verifying: "priority > $3"
      }
    }

    fileprivate var fromStart: PreparedStatement {
      switch self {
      case .copying: PreparedStatement("backfill_first_copy", types: "text")
      case .verifying: PreparedStatement("backfill_first_verify", types: "text")
      }
    }

    fileprivate var fromPlace: PreparedStatement {
      switch self {
      case .copying: PreparedStatement("backfill_next_copy", types: "text, bool, int8")
      case .verifying: PreparedStatement("backfill_next_verify", types: "text, bool, int8")
      }
    }

    /// Whether a task was done, by whomever.
    fileprivate var isDone: SQL {
      switch self {
      case .copying: "worked IS NOT NULL"
      case .verifying: "verified IS NOT NULL"
      }
    }
  }

  /// Opens the transaction that a task lives in, with a short wait for its locks, and takes the first task that is to be copied: fresh ones in
  /// their order, then those that failed in earlier runs. The row stays locked until the transaction ends, however it
  /// ends. Work is done behind a savepoint, so that a failure can be written down under the same lock.
  public var claimForCopy: SQL { claim(.copying) }

  /// The same for verifying.
  public var claimForVerify: SQL { claim(.verifying) }

  private func claim(_ work: Work) -> SQL {
    let search =
      place.map { work.fromPlace.execution(["\(run)", "\($0.isRetried)", "\($0.priority)"]) }
      ?? work.fromStart.execution(["\(run)"])
    return """
      BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
      \(search)
      \(work.settings)SAVEPOINT work;
      """
  }

  /// Goes to a session once, before anything is claimed in it. Planning a claim takes longer than running it.
  public static let preparation = preparation(of: .copying) + preparation(of: .verifying)

  /// A look from the start is a statement of its own: there is no place that every task is behind.
  private static func preparation(of work: Work) -> SQL {
    work.fromStart.preparation(search(work, where: ""))
      + work.fromPlace.preparation(search(work, where: " AND " + work.isBehind))
  }

  private static func search(_ work: Work, where isBehind: SQL) -> SQL {
    """
    SELECT \(BackfillTask.columns), attempts > 0 FROM __backfill.task
    WHERE \(work.isClaimable) AND passed_by IS DISTINCT FROM $1\(isBehind)
    ORDER BY \(work.order) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    """
  }

  /// Not given up by this run.
  private var isOwn: SQL { "passed_by IS DISTINCT FROM \(run)" }

  /// A task that was taken, and where it stands.
  public struct Claim: Sendable {
    public let task: BackfillTask
    public let place: Place
  }

  /// Reads the answer to a claim, and to what was sent before it in the same message; nil when there is nothing left that
  /// isn't somebody else's.
  ///
  /// - Parameter committed: becomes true as soon as the transaction before the claim is known to be committed, whatever
  ///   comes after it.
  /// - Throws: `PostgresError`.
  public static func claim(
    on target: borrowing Connection, committed: inout Bool
  ) throws(PostgresError) -> Claim? {
    var last: QueryResult?
    func operation(_ committed: Bool) -> String {
      committed ? "claiming a task" : "committing a task and claiming the next"
    }
    while let result = try target.receive(doing: operation(committed)) {
      if result.command == "COMMIT" { committed = true }
      if result.command == "SELECT" { last = consume result }
    }
    return try last?.map { row throws(PostgresError) in
      let task = try BackfillTask(row)
      let place = Place(isRetried: try row.flag(row.count - 1), priority: task.priority)
      return Claim(task: task, place: place)
    }.first
  }

  /// The same for a claim that was sent alone.
  ///
  /// - Throws: `PostgresError`.
  public static func claimed(on target: borrowing Connection) throws(PostgresError) -> BackfillTask? {
    var committed = true
    return try claim(on: target, committed: &committed)?.task
  }

  /// Marks a task as copied, in the transaction that holds its data.
  public static func complete(
    _ task: BackfillTask, rows: Int64, bytes: Int64, message: String?
  ) -> SQL {
    """
    UPDATE __backfill.task
    SET worked = tstzrange(transaction_timestamp(), clock_timestamp(), '[]'), copy_message = \(message),
      copied_rows = \(rows), copied_bytes = \(bytes), verified = NULL, verify_message = NULL, passed_by = NULL,
      last_error = NULL, last_error_at = NULL
    WHERE priority = \(task.priority);
    """
  }

  /// Whether a task is marked as copied. Waits for whoever has the task claimed: a session that was lost may still be
  /// committing.
  public static func isCopied(_ task: BackfillTask) -> SQL {
    "SELECT worked IS NOT NULL FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE"
  }

  /// Whether this run has compared a task, with whatever outcome; waits in the same way.
  public func isVerified(_ task: BackfillTask) -> SQL {
    """
    SELECT verified IS NOT NULL OR passed_by IS NOT DISTINCT FROM \(run)
    FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE
    """
  }

  /// Marks a task as verified, and with it the other parts of its chunk.
  public static func verified(_ task: BackfillTask, message: String?) -> SQL {
    """
    UPDATE __backfill.task
    SET verified = tstzrange(transaction_timestamp(), clock_timestamp(), '[]'), verify_message = \(message)
    WHERE priority = \(task.priority) OR split = \(task.part?.split);
    """
  }

  /// A task whose comparison found a difference stays unverified; this run leaves it alone from now on.
  public func differs(_ task: BackfillTask, message: String) -> SQL {
    """
    UPDATE __backfill.task SET verify_message = \(message), passed_by = \(run)
    WHERE priority = \(task.priority);
    """
  }

  /// Whether this run has written down that a task failed; waits for whoever has it claimed.
  public func isPassed(_ task: BackfillTask) -> SQL {
    "SELECT passed_by IS NOT DISTINCT FROM \(run) FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE"
  }

  /// Undoes a task's work and writes down why, under the lock that the claim took.
  ///
  /// - Parameters:
  ///   - isPlain: writes the reason in ASCII, for a target whose encoding hasn't all of its characters.
  ///   - exception: a question with one flag; where that is true, nothing is written down. For a claim whose lock is gone.
  public func fail(
    _ task: BackfillTask, error: String, isPlain: Bool = false, unless exception: SQL? = nil
  ) -> SQL {
    let condition: SQL = exception.map { " AND NOT (" + $0 + ")" } ?? ""
    return """
      ROLLBACK TO SAVEPOINT work;
      UPDATE __backfill.task
      SET attempts = attempts + 1, last_error = \(Self.storable(error, isPlain: isPlain)),
        last_error_at = clock_timestamp(), passed_by = \(run)
      WHERE priority = \(task.priority)\(condition);
      """
  }

  /// A text that a server can store: none takes NUL.
  static func storable(_ text: String, isPlain: Bool) -> String {
    var storable = ""
    for scalar in text.unicodeScalars {
      if scalar.value == 0 || isPlain && !scalar.isASCII {
        storable += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        storable.unicodeScalars.append(scalar)
      }
    }
    return storable
  }

  /// The tasks that are to be done and weren't given up by this run, whoever has them: the first in order.
  ///
  /// - Throws: `PostgresError`.
  public func open(
    _ work: Work, limit: Int, on target: borrowing Connection
  ) throws(PostgresError) -> [OpenTask] {
    try target.query(
      """
      SELECT priority, chunk_schema, chunk_name FROM __backfill.task WHERE \(work.isOpen) AND \(isOwn)
      ORDER BY \(work.order) LIMIT \(limit)
      """, doing: "looking for tasks that are left"
    ) { row throws(PostgresError) in OpenTask(priority: try row.integer(0), chunk: try row.name(1)) }
  }

  /// Which of some tasks are done after all.
  ///
  /// - Throws: `PostgresError`.
  public static func done(
    _ work: Work, of priorities: [Int64], on target: borrowing Connection
  ) throws(PostgresError) -> Set<Int64> {
    guard !priorities.isEmpty else { return [] }
    let found = try target.query(
      """
      SELECT priority FROM __backfill.task WHERE \(work.isDone)
        AND priority IN (\(priorities.map { "\($0)" as SQL }.joined(separator: ", ")))
      """, doing: "looking for failed tasks that others have done"
    ) { row throws(PostgresError) in try row.integer(0) }
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
      SELECT DISTINCT hypertable_schema, hypertable_name, coalesce(target_hypertable_schema, hypertable_schema),
        coalesce(target_hypertable_name, hypertable_name)
      FROM __backfill.task
      """, doing: "reading the queue"
    ) { row throws(PostgresError) in
      (try row.name(0), try row.name(2))
    }
    return (Set(found.map(\.0)), Set(found.map(\.1)))
  }

  /// All tasks, with whether they are copied.
  ///
  /// - Throws: `PostgresError`.
  public static func staged(
    on target: borrowing Connection
  ) throws(PostgresError) -> [(task: BackfillTask, isCopied: Bool)] {
    try target.query(
      "SELECT \(BackfillTask.columns), worked IS NOT NULL FROM __backfill.task ORDER BY priority",
      doing: "reading the queue"
    ) { row throws(PostgresError) in (try BackfillTask(row), try row.flag(row.count - 1)) }
  }

  /// How many tasks are in each state.
  ///
  /// - Throws: `PostgresError`.
  public static func counts(on target: borrowing Connection) throws(PostgresError) -> Counts {
    let found = try target.query(
      """
      SELECT count(*), count(*) FILTER (WHERE worked IS NULL),
        count(DISTINCT coalesce(-split, priority)) FILTER (WHERE worked IS NOT NULL AND verified IS NULL
          AND (split IS NULL OR split NOT IN (
            SELECT split FROM __backfill.task WHERE worked IS NULL AND split IS NOT NULL)))
      FROM __backfill.task
      """, doing: "counting tasks"
    ) { row throws(PostgresError) in
      Counts(
        all: Int(try row.integer(0)), uncopied: Int(try row.integer(1)), unverified: Int(try row.integer(2)))
    }
    return found.first ?? Counts(all: 0, uncopied: 0, unverified: 0)
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
