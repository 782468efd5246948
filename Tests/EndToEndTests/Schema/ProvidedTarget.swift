import TestServers

/// A provider's database: its administrator is no superuser, and may do what the provider lets it.
extension SchemaRig {
  static let providedPassword = "the provider's"

  /// What providers of TimescaleDB let their administrator do, done with PostgreSQL's means: restore the catalog.
  ///
  /// - Returns: how its administrator connects.
  func provide() throws -> String {
    try makeProvidedDatabase()
    let target = try targetSession()
    try target.execute("CREATE EXTENSION timescaledb VERSION '\(server.timescaleVersion)'")
    try target.execute(
      """
      CREATE EXTENSION btree_gist;
      ALTER FUNCTION timescaledb_pre_restore() SECURITY DEFINER;
      ALTER FUNCTION timescaledb_post_restore() SECURITY DEFINER;
      GRANT CREATE, USAGE ON SCHEMA _timescaledb_internal TO admin;
      GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA _timescaledb_catalog, _timescaledb_config TO admin;
      GRANT UPDATE ON ALL SEQUENCES IN SCHEMA _timescaledb_catalog, _timescaledb_config TO admin
      """)
    return targetString(user: "admin", password: Self.providedPassword)
  }

  func makeProvidedDatabase() throws {
    let session = try maintenance()
    let quoted = Self.providedPassword.replacing("'", with: "''")
    try session.execute("CREATE ROLE admin LOGIN CREATEROLE PASSWORD '\(quoted)'")
    try session.execute("CREATE DATABASE metrics OWNER admin")
  }
}
