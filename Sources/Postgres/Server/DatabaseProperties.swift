/// What a database has beside its objects, as far as it matters to another one that is to be like it.
public struct DatabaseProperties: Sendable, Equatable {
  /// Tables of all kinds, TimescaleDB's chunks among them.
  public let tables: Int64
  /// The database's collation has another version now than its indexes were built with.
  public let hasOutdatedCollation: Bool
  /// Roles of those that were asked for that the server has.
  public let roles: Set<Identifier>

  public init(tables: Int64, hasOutdatedCollation: Bool, roles: Set<Identifier>) {
    self.tables = tables
    self.hasOutdatedCollation = hasOutdatedCollation
    self.roles = roles
  }

  /// - Parameter wanted: roles that are looked for.
  /// - Throws: `PostgresError`.
  public static func find(
    roles wanted: [Identifier] = [], on connection: borrowing Connection
  ) throws(PostgresError) -> DatabaseProperties? {
    let isOutdated: SQL =
      connection.server.tellsDatabaseCollationVersion
      ? """
      coalesce((SELECT datcollversion <> pg_database_collation_actual_version(oid)
        FROM pg_database WHERE datname = current_database()), false)
      """
      : "false"
    let names = (wanted.map { "\($0.name)" as SQL } + ["''"]).joined(separator: ", ")
    return try connection.query(
      """
      SELECT (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'f')) AS tables, \(isOutdated) AS is_outdated,
        ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname IN (\(names))) AS roles
      """, doing: "describing the database"
    ) { row throws(PostgresError) in
      DatabaseProperties(
        tables: try row.integer("tables"), hasOutdatedCollation: try row.flag("is_outdated"),
        roles: Set(try row.texts("roles").map(Identifier.init)))
    }.first
  }
}
