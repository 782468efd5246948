public import Postgres

/// The one transaction on the target that a task lives in: **its data and its completion mark commit together, and the
/// claim is a row lock that this transaction holds.** Nothing else about a task's state is kept anywhere; what it went
/// through (`Incident`) is only for people to read.
///
/// A task's whole life, with the statements that are sent for it:
///
/// 1. `claim`: BEGIN; the first open task that nobody else has locked, FOR NO KEY UPDATE SKIP LOCKED; a savepoint.
/// 2. The work, behind the savepoint: locks, DELETE, COPY, indexes.
/// 3. One of these:
///    - `complete` (or `verified`, `differs`) marks the task, and `commit` makes data and mark durable together;
///    - `undo` goes back to the savepoint, the row still locked, and the work begins anew: somebody else was in the way;
///    - `fail` goes back to the savepoint and writes the reason down under the same lock; `commit` makes it known.
///
/// Whatever else happens ends the transaction without a commit: a session that is lost, a killed process, a server that
/// crashes. The task is then as it was before its claim, and free for anybody once the server has noticed the loss. No
/// lease, heartbeat or coordinator is needed. A `commit` whose answer was lost is the one case in which the client
/// doesn't know what the task's state is; `isCopied`, `isVerified` and `isPassed` ask, and wait for the lock to be gone.
///
/// Round trips in series for a chunk that needs no special steps:
///
/// | | copying | verifying |
/// | --- | --- | --- |
/// | end of the task before, its COMMIT and this claim | 1 | 1 |
/// | both sides describe the chunk, at the same time; the target locks its own | 1 | 1 |
/// | COPY begins on both sides, behind whatever clears the range | 1 | |
/// | the end of COPY, and the guards that follow on the source | 1 | |
/// | checksums on both sides, at the same time | | 1 |
/// | **in all** | **4** | **3** |
///
/// Marks are part of the next claim's message. A large chunk takes one more, which asks for indexes to build afterwards. An
/// undo, and a look at what became of a lost commit, take one each.
public struct TaskTransaction: Sendable {
  /// The run that works on the task.
  let run: String
  /// Which tasks the run is about.
  let scope: Queue.Scope
  /// For the messages that tasks are marked with.
  public let words: any QueueWords

  public init(run: String, scope: Queue.Scope = .all, words: any QueueWords) {
    self.run = run
    self.scope = scope
    self.words = words
  }

  /// Set by the claim. What comes before it, the row's lock and the transaction's settings, is never undone alone.
  public static let savepoint = Savepoint("work")

  /// Goes back to the claim: the task is still this session's, and nothing has been done for it.
  ///
  /// - Throws: `PostgresError`.
  public static func undo(
    on target: borrowing Connection, doing operation: String
  ) throws(PostgresError) {
    try savepoint.undo(on: target, doing: operation)
  }

  /// Ends the task's transaction with everything in it.
  public static let commit: SQL = "COMMIT;"

  /// Marks a task as copied, in the transaction that holds its data.
  ///
  /// - Parameter hypertable: the target's that has the rows, as TimescaleDB numbers it; nil where there are none.
  public func complete(
    _ task: BackfillTask, into hypertable: Int64? = nil, rows: Int64, bytes: Int64, message: String?
  ) -> SQL {
    """
    UPDATE __backfill.task
    SET worked = tstzrange(transaction_timestamp(), clock_timestamp(), '[]'), copy_message = \(message),
      copied_rows = \(rows), copied_bytes = \(bytes), verified = NULL, verify_message = NULL, differed_at = NULL,
      copied_by = \(run), copied_backend = pg_backend_pid(), target_hypertable_id = \(hypertable),
      verified_by = NULL, verified_backend = NULL,
      passed_by = NULL, last_error = NULL, last_error_at = NULL
    WHERE priority = \(task.priority);
    """
  }

  /// Marks a task as verified, and with it the other parts of its chunk.
  public func verified(_ task: BackfillTask, message: String?) -> SQL {
    """
    UPDATE __backfill.task
    SET verified = tstzrange(transaction_timestamp(), clock_timestamp(), '[]'), verify_message = \(message),
      differed_at = NULL, verified_by = \(run), verified_backend = pg_backend_pid()
    WHERE priority = \(task.priority) OR split = \(task.part?.split);
    """
  }

  /// A task whose comparison found a difference isn't verified, nor are other parts of its chunk, whatever an earlier
  /// comparison has found; this run leaves it alone from now on.
  public func differs(_ task: BackfillTask, message: String) -> SQL {
    let other: SQL =
      task.part.map { part in
        """
        UPDATE __backfill.task
        SET verified = NULL, verify_message = NULL, verified_by = NULL, verified_backend = NULL
        WHERE split = \(part.split) AND priority <> \(task.priority) AND verified IS NOT NULL;
        """
      } ?? ""
    return recording(
      .differed,
      """
      UPDATE __backfill.task
      SET verified = NULL, verify_message = \(message), differed_at = clock_timestamp(), verified_by = NULL,
        verified_backend = NULL, \(Queue.passing(by: run))
      WHERE priority = \(task.priority)
      """) + other
  }

  /// A task that was looked at, with nothing proved that would be marked; this run leaves it alone from now on.
  public func passed(_ task: BackfillTask) -> SQL {
    "UPDATE __backfill.task SET \(Queue.passing(by: run)) WHERE priority = \(task.priority);"
  }

  /// Undoes a task's work and writes down why, under the lock that the claim took.
  ///
  /// - Parameter isPlain: writes the reason in ASCII, for a target whose encoding lacks some of its characters.
  public func fail(_ task: BackfillTask, error: String, isPlain: Bool = false) -> SQL {
    Self.savepoint.undoing + "\n" + failing(task, error: error, isPlain: isPlain, condition: "")
  }

  /// Writes down why a task failed whose transaction is gone, and the claim's lock with it: its commit was refused, say.
  /// Somebody else may have done the task by now, so nothing is written down where it is done.
  public func failWithoutClaim(
    _ work: Queue.Work, _ task: BackfillTask, error: String, isPlain: Bool = false
  ) -> SQL {
    "BEGIN; "
      + failing(task, error: error, isPlain: isPlain, condition: " AND NOT (\(isDone(work, task)))")
  }

  private func failing(_ task: BackfillTask, error: String, isPlain: Bool, condition: SQL) -> SQL {
    recording(
      .failed,
      """
      UPDATE __backfill.task
      SET attempts = attempts + 1, last_error = \(Self.storable(error, isPlain: isPlain)),
        last_error_at = clock_timestamp(), \(Queue.passing(by: run))
      WHERE priority = \(task.priority)\(condition)
      """)
  }

  /// Writes down that a task failed or differs, and with it, in the same statement, that it ever did.
  private func recording(_ kind: Incident.Kind, _ update: SQL) -> SQL {
    Incident.recording(kind, in: run, update)
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
}

extension TaskTransaction {
  /// Whether a task is marked as copied: `is_settled` in the only row. Waits for whoever has the task claimed, as a
  /// session that was lost may still be committing.
  public static func isCopied(_ task: BackfillTask) -> SQL {
    "SELECT worked IS NOT NULL AS is_settled FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE"
  }

  /// Whether this run has compared a task, with whatever outcome; waits in the same way.
  public func isVerified(_ task: BackfillTask) -> SQL {
    """
    SELECT verified IS NOT NULL OR \(Queue.isPassed(by: "\(run)")) AS is_settled
    FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE
    """
  }

  /// Whether a task that this run has done is marked as done; waits in the same way.
  public func isDone(_ work: Queue.Work, _ task: BackfillTask) -> SQL {
    switch work {
    case .copying: Self.isCopied(task)
    case .verifying: isVerified(task)
    }
  }

  /// Whether this run has written down that a task failed; waits in the same way.
  public func isPassed(_ task: BackfillTask) -> SQL {
    """
    SELECT \(Queue.isPassed(by: "\(run)")) AS is_settled
    FROM __backfill.task WHERE priority = \(task.priority) FOR SHARE
    """
  }
}
