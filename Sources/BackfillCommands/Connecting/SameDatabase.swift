import Postgres
import TimescaleDB

/// Whether both connection strings lead to one database. The queue would be written into the source, and a chunk copied
/// into itself waits for a lock that it has, which no server can see.
enum SameDatabase {
  /// Databases with other identities are others. Physical copies have equal ones, so there it is tried: a lock that one
  /// session takes on the target is to be seen by the source's session, or not. Nothing is written.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  static func refuse(source: borrowing Connection, target: borrowing Connection) throws {
    if let finding = try find(source: source, target: target) {
      throw CommandFailure.failed(.databases(finding))
    }
  }

  /// - Returns: nil for two databases.
  /// - Throws: `PostgresError`.
  static func find(
    source: borrowing Connection, target: borrowing Connection
  ) throws(PostgresError) -> DatabaseFinding? {
    let there = try Fingerprint.find(on: source)
    let here = try Fingerprint.find(on: target)
    guard there.isSameDatabase(as: here) else { return nil }
    guard !there.isInRecovery else { return .sourceFollowsTarget }
    return try isLockSeen(takenOn: target, by: source) ? .same : nil
  }

  private static func isLockSeen(
    takenOn target: borrowing Connection, by source: borrowing Connection
  ) throws(PostgresError) -> Bool {
    let operation = "comparing source and target"
    let high = Int64.random(in: 0...0x7fff_ffff)
    let low = Int64.random(in: 0...0xffff_ffff)
    let key = high << 32 | low
    let pid =
      try target.query("SELECT pg_backend_pid() AS pid, pg_advisory_lock(\(key)::bigint)", doing: operation) {
        row throws(PostgresError) in try row.integer("pid")
      }.first ?? 0
    let seen = try source.query(
      """
      SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND classid = \(high)::oid AND objid = \(low)::oid AND pid = \(pid)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS is_seen
      """, doing: operation
    ) { row throws(PostgresError) in try row.flag("is_seen") }
    try target.execute("SELECT pg_advisory_unlock(\(key)::bigint)", doing: operation)
    return seen.first ?? true
  }
}
