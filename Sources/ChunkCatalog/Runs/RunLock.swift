public import Postgres

/// Keeps commands that don't go together off one queue: `stage` and `clean` want it for themselves, any number of
/// `copy` and `verify` share it. An advisory lock of the session, so it ends with the process however that ends.
public enum RunLock {
  public enum Mode: Sendable {
    case shared
    case exclusive
  }

  /// "backfill" in hexadecimal, so that it can be found in pg_locks.
  private static let key: Int64 = 0x6261_636b_6669_6c6c

  /// "back" in hexadecimal: the first half of the keys that sessions of one run share.
  private static let runKey: Int64 = 0x6261_636b

  /// Marks a session as one of a run's, so that others can tell whether the run behind a locked task is alive. Waits for
  /// nobody, as it is only ever shared.
  public static func mark(_ run: String) -> SQL {
    "SELECT pg_advisory_lock_shared(\(runKey)::integer, hashtext(\(run)));"
  }

  /// The marks of runs that a session has, whose process `pid` is an expression for.
  private static func marks(of pid: SQL) -> SQL {
    """
    pg_locks AS own WHERE own.pid = \(pid) AND own.locktype = 'advisory' AND own.granted AND own.objsubid = 2
      AND own.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND own.classid = \(runKey)::oid
    """
  }

  /// Whether a row of pg_locks is a session's mark of its run, whose key is then `objid`.
  static func isMark(_ lock: SQL) -> SQL {
    """
    \(lock).locktype = 'advisory' AND \(lock).granted AND \(lock).objsubid = 2 AND \(lock).classid = \(runKey)::oid
    """
  }

  /// Whether a row of pg_locks is the queue's lock.
  static func isQueueLock(_ lock: SQL) -> SQL {
    """
    \(lock).locktype = 'advisory' AND \(lock).granted AND \(lock).objsubid = 1
      AND \(lock).classid = \(key >> 32)::oid AND \(lock).objid = \(key & 0xffff_ffff)::oid
    """
  }

  /// Whether a session works for a run.
  static func isOf(_ run: String, _ pid: SQL) -> SQL {
    "EXISTS (SELECT FROM \(marks(of: pid)) AND own.objid = (hashtext(\(run))::bigint & 4294967295)::oid)"
  }

  /// Whether a session works for a living run: one whose session with the queue's lock has done something lately. Runs do
  /// so every half second. A session of a host that is gone doesn't, although the server may keep it for minutes. What
  /// other roles do may not be told; then the lock alone has to do.
  static func isOfLivingRun(_ pid: SQL) -> SQL {
    """
    EXISTS (SELECT FROM \(marks(of: pid)) AND EXISTS (
      SELECT FROM pg_locks AS other
      JOIN pg_locks AS queue ON queue.locktype = 'advisory' AND queue.granted AND queue.database = own.database
        AND queue.classid = \(key >> 32)::oid AND queue.objid = \(key & 0xffff_ffff)::oid AND queue.objsubid = 1
        AND queue.pid = other.pid
      JOIN pg_stat_activity AS a ON a.pid = queue.pid
      WHERE other.locktype = 'advisory' AND other.granted AND other.database = own.database
        AND other.classid = own.classid AND other.objid = own.objid AND other.objsubid = own.objsubid
        AND \(ApplicationName.isOurs("a"))
        AND (a.query_start IS NULL OR a.query_start > clock_timestamp() - interval '15 seconds')))
    """
  }

  /// Takes the lock, or says who has it, with when those sessions began.
  ///
  /// - Returns: nil when it was taken.
  /// - Throws: `PostgresError`.
  public static func take(
    _ mode: Mode, on target: borrowing Connection
  ) throws(PostgresError) -> [ServerSession]? {
    let function: SQL = mode == .shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock"
    let taken = try target.query("SELECT \(function)(\(key)::bigint) AS is_taken", doing: "locking the queue")
    {
      row throws(PostgresError) in try row.flag("is_taken")
    }
    if taken.first == true { return nil }
    let high = key >> 32
    let low = key & 0xffff_ffff
    return try target.query(
      """
      SELECT \(ServerSession.columns(of: "a", process: "l.pid", since: "a.backend_start"))
      FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.classid = \(high)::oid AND l.objid = \(low)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.pid <> pg_backend_pid()
      ORDER BY l.pid
      """, doing: "asking who holds the queue"
    ) { row throws(PostgresError) in try ServerSession(row) }
  }
}
