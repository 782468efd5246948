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

  /// Takes the lock, or says who has it: a phrase for each holder.
  ///
  /// - Throws: `PostgresError`.
  public static func take(_ mode: Mode, on target: borrowing Connection) throws(PostgresError) -> [String]? {
    let function: SQL = mode == .shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock"
    let taken = try target.query("SELECT \(function)(\(key)::bigint)", doing: "locking the queue") {
      row throws(PostgresError) in try row.flag(0)
    }
    if taken.first == true { return nil }
    let high = key >> 32
    let low = key & 0xffff_ffff
    return try target.query(
      """
      SELECT concat_ws(' ', '"' || coalesce(nullif(a.application_name, ''), 'a session') || '"',
        'from ' || coalesce(host(a.client_addr), 'this host'), '(process ' || l.pid || ')',
        'since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS "UTC"'))
      FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.classid = \(high)::oid AND l.objid = \(low)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.pid <> pg_backend_pid()
      ORDER BY l.pid
      """, doing: "asking who holds the queue"
    ) { row throws(PostgresError) in row.optionalText(0) ?? "another session" }
  }
}
