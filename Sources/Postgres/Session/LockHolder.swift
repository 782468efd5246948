/// Another session that keeps this program from a lock, as a person needs to know it to do something about it.
public struct LockHolder: Sendable, Hashable {
  /// What is waited for.
  public enum Lock: Sendable, Hashable {
    /// The relation's name as the server writes it.
    case relation(String)
    /// Another kind of lock, as pg_locks.locktype has it.
    case other(String)
  }

  public var lock: Lock
  /// With when its query began.
  public var session: ServerSession

  public init(lock: Lock, session: ServerSession) {
    self.lock = lock
    self.session = session
  }

  init(_ row: Row) throws(PostgresError) {
    if let relation = try row.optionalText("relation") {
      lock = .relation(relation)
    } else {
      lock = .other(try row.text("locktype"))
    }
    session = try ServerSession(row)
  }

  /// Who keeps sessions of this program from locks that they are waiting for now, other than each other. Asked from
  /// another session than those, of the same role.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [LockHolder] {
    try OwnActivity.look(on: connection).strangers
  }

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
      SELECT DISTINCT ON (h.pid) \(columns)
      FROM pg_locks AS l JOIN pg_stat_activity AS h ON h.pid = l.pid
      WHERE l.granted AND l.locktype = 'relation' AND l.relation IN (\(names)) AND l.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY h.pid
      """, doing: "asking who holds a lock"
    ) { row throws(PostgresError) in try LockHolder(row) }
  }

  static let columns: SQL = """
    l.relation::regclass::text AS relation, l.locktype,
      \(ServerSession.columns(of: "h", process: "h.pid", since: "h.query_start"))
    """
}
