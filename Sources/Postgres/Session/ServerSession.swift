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
  public var since: String?

  public init(
    process: Int64, role: String? = nil, application: String? = nil, address: String? = nil,
    since: String? = nil
  ) {
    self.process = process
    self.role = role
    self.application = application
    self.address = address
    self.since = since
  }

  /// Reads the columns that `columns` yields.
  public init(_ row: Row) throws(PostgresError) {
    process = try row.integer("process")
    role = try row.optionalText("role")
    application = try row.optionalText("application")
    address = try row.optionalText("address")
    since = try row.optionalText("since")
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
      host(\(activity).client_addr) AS address, \(timeText(since)) AS since
    """
  }

  /// A point of time as people read it, an expression.
  public static func timeText(_ time: SQL) -> SQL { "to_char(\(time), 'YYYY-MM-DD HH24:MI:SS \"UTC\"')" }
}

/// Who has something locked on a server.
public enum LockOwner: Sendable, Hashable {
  case session(ServerSession)
  /// Has no session any more.
  case preparedTransaction(name: String, role: String, since: String)
  /// It was gone when it was looked for.
  case unknown
}
