/// How many sessions a role may have on a server, and how many there are.
public struct ConnectionLimits: Sendable, Equatable {
  /// Which number ends first.
  public enum Limit: Sendable, Equatable {
    /// max_connections, less those that are kept for others.
    case server
    case role(Identifier)
    case database(Identifier)
  }

  public struct Count: Sendable, Equatable {
    public var limit: Limit
    public var maximum: Int64
    /// Sessions there are, without those of this program's same command.
    public var used: Int64

    public init(_ limit: Limit, maximum: Int64, used: Int64) {
      self.limit = limit
      self.maximum = maximum
      self.used = used
    }

    public var free: Int64 { max(0, maximum - used) }
  }

  public let counts: [Count]

  public init(_ counts: [Count]) { self.counts = counts }

  /// The one that leaves the least.
  public var tightest: Count? { counts.min { $0.free < $1.free } }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> ConnectionLimits {
    try connection.query(question, doing: "counting sessions") { row throws(PostgresError) in
      let all = Count(
        .server, maximum: try row.integer("server_maximum"), used: try row.integer("server_used"))
      let role = Count(
        .role(Identifier(try row.text("role"))), maximum: try row.integer("role_maximum"),
        used: try row.integer("role_used"))
      let database = Count(
        .database(Identifier(try row.text("database"))), maximum: try row.integer("database_maximum"),
        used: try row.integer("database_used"))
      // No limit is -1. Superusers have only the server's.
      let own = try row.flag("is_superuser") ? [] : [role, database].filter { $0.maximum >= 0 }
      return ConnectionLimits([all] + own)
    }.first ?? ConnectionLimits([])
  }

  private static let question: SQL = """
    SELECT me.rolname AS role, me.rolsuper AS is_superuser, me.rolconnlimit AS role_maximum, d.datname AS database,
      d.datconnlimit AS database_maximum,
      current_setting('max_connections')::int8 - CASE WHEN me.rolsuper THEN 0 ELSE
        current_setting('superuser_reserved_connections')::int8
          + coalesce(current_setting('reserved_connections', true)::int8, 0) END AS server_maximum,
      s.server_used, s.role_used, s.database_used
    FROM pg_roles AS me
    JOIN pg_database AS d ON d.datname = current_database()
    CROSS JOIN LATERAL (
      SELECT count(*) AS server_used, count(*) FILTER (WHERE a.usesysid = me.oid) AS role_used,
        count(*) FILTER (WHERE a.datid = d.oid) AS database_used
      FROM pg_stat_activity AS a
      WHERE a.backend_type = 'client backend'
        AND NOT (a.usesysid = me.oid AND a.application_name = current_setting('application_name'))
    ) AS s
    WHERE me.rolname = session_user
    """
}
