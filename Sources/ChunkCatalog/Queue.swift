public import Postgres
internal import TimescaleDB

/// The questions and statements that move a task from staged to copied to verified. Each is a piece of SQL that
/// the caller puts into a batch with others: what belongs together goes over the wire together.
public struct Queue: Sendable {
  /// Names this run in tasks that failed or differed in it, so that it doesn't take them up again.
  public let run: String

  public init(run: String) { self.run = run }

  /// Opens the transaction that a task lives in, with a short wait for its locks, and takes the first task that is to be copied: fresh ones in
  /// their order, then those that failed in earlier runs. The row stays locked until the transaction ends, however it
  /// ends. Work is done behind a savepoint, so that a failure can be written down under the same lock.
  public var claimForCopy: SQL {
    claim("worked IS NULL", order: "(attempts > 0), priority", settings: LockTimeout.setting + ";")
  }

  /// The same for verifying: copied tasks that aren't verified. A split chunk is verified as one, by the first of its
  /// parts that isn't, once all are copied.
  public var claimForVerify: SQL {
    claim(
      """
      worked IS NOT NULL AND verified IS NULL AND (split IS NULL OR NOT EXISTS (
        SELECT FROM __backfill.task AS other WHERE other.split = task.split
          AND (other.worked IS NULL OR other.verified IS NULL AND other.priority < task.priority)))
      """, order: "priority", settings: "")
  }

  private func claim(_ condition: SQL, order: SQL, settings: SQL) -> SQL {
    """
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SELECT \(BackfillTask.columns) FROM __backfill.task
    WHERE \(condition) AND passed_by IS DISTINCT FROM \(run)
    ORDER BY \(order) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    \(settings)
    SAVEPOINT work;
    """
  }

  /// Reads the answer to a claim; nil when there is nothing left that isn't somebody else's.
  ///
  /// - Throws: `PostgresError`.
  public static func claimed(on target: borrowing Connection) throws(PostgresError) -> BackfillTask? {
    try target.rows(doing: "claiming a task") { row throws(PostgresError) in try BackfillTask(row) }.first
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

  /// Undoes a task's work and writes down why, under the lock that the claim took.
  public func fail(_ task: BackfillTask, error: String) -> SQL {
    """
    ROLLBACK TO SAVEPOINT work;
    UPDATE __backfill.task
    SET attempts = attempts + 1, last_error = \(error), last_error_at = clock_timestamp(), passed_by = \(run)
    WHERE priority = \(task.priority);
    """
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
