import TestServers
import TestTraits
import Testing

/// A provider's database: its administrator is no superuser, and may do what the provider lets it.
@Suite("schema --managed") struct ManagedSchemaTests {
  @Test(
    "brings a database to a target without a superuser, and the rest follows",
    .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func managed(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + MovedDatabase.communitySetup,
      administration: MovedDatabase.administration)
    let string = try rig.provide()
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
    try rig.makeProvidedDatabase()
    let outcome = try await rig.schema(
      "--managed", target: rig.targetString(user: "admin", password: SchemaRig.providedPassword), exits: 1)
    #expect(outcome.stderr.contains("does not let its role restore TimescaleDB's catalog"), "\(outcome)")
  }
}
