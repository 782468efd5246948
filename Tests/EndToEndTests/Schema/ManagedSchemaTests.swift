import TestServers
import TestTraits
import Testing

/// A provider's database: its administrator is no superuser, and may do what the provider lets it.
@Suite("schema --managed") struct ManagedSchemaTests {
  private static let password = "the provider's"

  /// What providers of TimescaleDB let their administrator do, done with PostgreSQL's means: restore the catalog.
  private func provide(_ rig: SchemaRig) throws -> String {
    try makeDatabase(rig)
    try rig.targetSession().execute("CREATE EXTENSION timescaledb VERSION '\(rig.server.timescaleVersion)'")
    try rig.targetSession().execute(
      """
      CREATE EXTENSION btree_gist;
      ALTER FUNCTION timescaledb_pre_restore() SECURITY DEFINER;
      ALTER FUNCTION timescaledb_post_restore() SECURITY DEFINER;
      GRANT CREATE, USAGE ON SCHEMA _timescaledb_internal TO admin;
      GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA _timescaledb_catalog, _timescaledb_config TO admin;
      GRANT UPDATE ON ALL SEQUENCES IN SCHEMA _timescaledb_catalog, _timescaledb_config TO admin
      """)
    return rig.targetString(user: "admin", password: Self.password)
  }

  private func makeDatabase(_ rig: SchemaRig) throws {
    let session = try rig.maintenance()
    try session.execute("CREATE ROLE admin LOGIN CREATEROLE PASSWORD '\(quoted)'")
    try session.execute("CREATE DATABASE metrics OWNER admin")
  }

  private var quoted: String { Self.password.replacing("'", with: "''") }

  @Test(
    "brings a database to a target without a superuser, and the rest follows",
    .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func managed(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + MovedDatabase.communitySetup,
      administration: MovedDatabase.administration)
    let string = try provide(rig)
    let outcome = try await rig.schema("--managed", target: string)
    #expect(
      outcome.stderr.contains(#"the role "keeper" does not get SUPERUSER, REPLICATION, CREATEDB"#),
      "\(outcome)")
    try rig.expectSame([
      "SELECT * FROM devices ORDER BY 1", "SELECT * FROM plant.rooms ORDER BY 1",
      "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('app', 'reader', 'Ana;lyst', 'keeper') ORDER BY 1",
      "SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members WHERE member::regrole::text <> 'admin' AND roleid >= 16384 ORDER BY 1, 2",
    ])
    #expect(
      try rig.targetSession().query("SELECT rolname FROM pg_roles WHERE rolsuper") == [["postgres"]])
    #expect(
      try rig.targetSession().query(
        "SELECT DISTINCT owner::text, scheduled FROM _timescaledb_config.bgw_job WHERE id >= 1000") == [
          ["admin", "f"]
        ])
    // Owners and privileges are what it leaves out, and nothing else.
    let dumps = try await SchemaDumps(of: rig, ["--no-owner", "--no-privileges"])
    #expect(dumps.differences.filter { !$0.contains("EXTENSION") } == [], "\(dumps.differences)")

    let process = rig.process(target: string)
    for arguments in [
      ["stage", "--until", "2026-01-01T12:30:00Z", "--exclude", "events"],
      ["stage", "--until", "1000000", "--filter", "events"], ["copy", "-p2"], ["verify", "-p2"],
      ["refresh-caggs"], ["jobs", "on"], ["schema", "--tables-only"], ["clean"],
    ] {
      let outcome = try await process.run(arguments)
      try #require(outcome.exitCode == 0, "\(arguments): \(outcome)")
    }
    try rig.expectSame(Array(MovedDatabase.contents.prefix(6)))
  }

  @Test("says what it lacks where the provider lets it do nothing", .needsServer) func refused() async throws
  {
    let rig = try await SchemaRig(
      on: try TestServer.one.newest(),
      setup: ["CREATE TABLE r (time timestamptz NOT NULL); SELECT create_hypertable('r', 'time')"])
    try makeDatabase(rig)
    let outcome = try await rig.schema(
      "--managed", target: rig.targetString(user: "admin", password: Self.password), exits: 1)
    #expect(outcome.stderr.contains("does not let its role restore TimescaleDB's catalog"), "\(outcome)")
  }
}
