/// Another session that keeps this program from a lock, as a person needs to know it to do something about it.
public struct LockHolder: Sendable, Hashable {
  public let process: Int64
  /// What is waited for, as a phrase: `lock on public.readings`.
  public let lock: String
  /// Role, application and the beginning of the query, as far as the server tells this role.
  public let session: String

  public var description: String { "\(lock), held by process \(process) (\(session))" }

  init(_ row: Row) throws(PostgresError) {
    process = try row.integer("pid")
    lock = try row.text("lock")
    session = try row.text("session")
  }

  /// Who keeps sessions of this program from locks that they are waiting for now, other than each other. Asked from
  /// another session than those, of the same role.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [LockHolder] {
    try connection.query(ofThoseThatWait, doing: "asking who holds a lock") { row throws(PostgresError) in
      try LockHolder(row)
    }
  }

  /// pg_blocking_pids halts the lock manager for a moment, so it is only asked about sessions that wait.
  private static let ofThoseThatWait: SQL = """
    SELECT DISTINCT ON (h.pid) h.pid, \(phrase(of: "l")) AS lock, \(session("h")) AS session
    FROM pg_stat_activity AS w
    CROSS JOIN LATERAL unnest(CASE WHEN w.wait_event_type = 'Lock' THEN pg_blocking_pids(w.pid) END) AS b (pid)
    JOIN pg_stat_activity AS h ON h.pid = b.pid
    JOIN pg_locks AS l ON l.pid = w.pid AND NOT l.granted
    WHERE w.datname = current_database() AND w.application_name LIKE 'timescaledb-backfill %'
      AND w.usename = current_user AND h.application_name NOT LIKE 'timescaledb-backfill %'
    ORDER BY h.pid
    """

  /// Who holds any lock on these relations that keeps ACCESS EXCLUSIVE off, for a session whose try for one has failed.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of relations: [QualifiedName], on connection: borrowing Connection
  ) throws(PostgresError) -> [LockHolder] {
    guard !relations.isEmpty else { return [] }
    let names = relations.map { "to_regclass(\($0.description))" as SQL }.joined(separator: ", ")
    return try connection.query(
      """
      SELECT DISTINCT ON (h.pid) h.pid, \(phrase(of: "l")) AS lock, \(session("h")) AS session
      FROM pg_locks AS l JOIN pg_stat_activity AS h ON h.pid = l.pid
      WHERE l.granted AND l.locktype = 'relation' AND l.relation IN (\(names)) AND l.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY h.pid
      """, doing: "asking who holds a lock"
    ) { row throws(PostgresError) in try LockHolder(row) }
  }

  private static func phrase(of lock: SQL) -> SQL {
    "coalesce('lock on ' || \(lock).relation::regclass::text, format('lock (%s)', \(lock).locktype))"
  }

  private static func session(_ holder: SQL) -> SQL {
    """
    concat_ws(', ', 'role ' || \(holder).usename, '"' || nullif(\(holder).application_name, '') || '"',
      'query begun ' || to_char(\(holder).query_start, 'YYYY-MM-DD HH24:MI:SS "UTC"'), \(holder).state)
    """
  }
}
