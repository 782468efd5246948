/// A session of a server, as far as this role may know it: for a person who may have to do something about it.
public struct ServerSession: Sendable, Hashable {
  /// The server process behind it.
  public var process: Int64
  public var role: String?
  /// What the program calls itself.
  public var application: String?
  /// Where it comes from; nil for the server's own host.
  public var address: String?
  /// When its query, its transaction or the session itself began, whichever was asked for.
  public var since: Timestamp?
  /// As pg_stat_activity has it, such as "idle in transaction".
  public var state: String?

  public init(
    process: Int64, role: String? = nil, application: String? = nil, address: String? = nil,
    since: Timestamp? = nil, state: String? = nil
  ) {
    self.process = process
    self.role = role
    self.application = application
    self.address = address
    self.since = since
    self.state = state
  }

  /// Reads the columns that `columns` yields.
  public init(_ row: Row) throws(PostgresError) {
    process = try row.integer("process")
    role = try row.optionalText("role")
    application = try row.optionalText("application")
    address = try row.optionalText("address")
    since = try row.optionalTimestamp("since")
    state = try row.optionalText("state")
  }

  /// A select list for `init(_:)`.
  ///
  /// - Parameters:
  ///   - activity: what the session's row of pg_stat_activity is called; it may be missing.
  ///   - process: an expression, as that row may be.
  ///   - since: an expression for a timestamptz.
  public static func columns(of activity: SQL, process: SQL, since: SQL) -> SQL {
    """
    \(process) AS process, \(activity).usename AS role, nullif(\(activity).application_name, '') AS application,
      host(\(activity).client_addr) AS address, \(Timestamp.reading(since)) AS since, \(activity).state
    """
  }
}

/// Who has something locked on a server.
public enum LockOwner: Sendable, Hashable {
  case session(ServerSession)
  /// Has no session any more.
  case preparedTransaction(name: String, role: String, since: Timestamp?)
  /// It was gone when it was looked for.
  case unknown
}
