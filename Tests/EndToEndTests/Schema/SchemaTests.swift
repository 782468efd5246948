import TestServers
import TestTraits
import Testing

@testable import backfill

@Suite("schema") struct SchemaTests {
  /// What a Debian root's Apache edition has too.
  @Test("brings a database to an empty server", arguments: TestServer.ends)
  func whole(server: TestServer) async throws {
    let setup = MovedDatabase.setup + (server.isCommunity ? MovedDatabase.communitySetup : [])
    let rig = try await SchemaRig(on: server, setup: setup, administration: MovedDatabase.administration)
    let outcome = try await rig.schema()
    for step in 1...6 { #expect(outcome.stdout.contains("\n\(step)/6 Done in"), "\(outcome)") }
    try rig.expectSame(MovedDatabase.definitions)

    let dumps = try await SchemaDumps(of: rig)
    // Nothing but what was granted for the migration, and is to be taken back.
    #expect(
      dumps.differences
        == [
          "+GRANT CREATE ON SCHEMA _timescaledb_internal TO app;",
          "+GRANT UPDATE(scheduled) ON TABLE _timescaledb_config.bgw_job TO app;",
          "+GRANT UPDATE ON TABLE _timescaledb_catalog.compression_chunk_size TO app;",
        ].sorted())
    #expect(dumps.source.count > 100)

    let target = try rig.targetSession()
    for relation in ["readings", "plant.spread", "events"] + (server.isCommunity ? ["hourly", "daily"] : []) {
      #expect(try target.query("SELECT count(*) FROM \(relation)") == [["0"]], "\(relation)")
    }
    #expect(
      try target.query(
        "SELECT count(*) FROM timescaledb_information.jobs WHERE scheduled AND job_id >= 1000") == [["0"]])
    #expect(try target.query("SHOW timescaledb.restoring") == [["off"]])
    // The target's superuser keeps its password: otherwise none of this would have been possible.
    let again = try await rig.schema("--json")
    var page = DocumentedJSON(page: ManualPage.json.text)
    #expect(page.complaints(aboutDocument: again.stdout, hasWorked: true) == [], "\(again)")
    let document = try #require(JSONValue(again.stdout))
    #expect(
      document["notes"]?.elements.first?["code"]?.text == "complete" && document["objects"]?.integer == 0)
  }

  /// With the program alone: everything after `schema` as the application's own role.
  @Test(
    "is the beginning of a migration that needs no other tool", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func migration(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + MovedDatabase.communitySetup,
      administration: MovedDatabase.administration)
    let outcome = try await rig.schema()
    try await rig.goOn()
    try rig.expectSame(MovedDatabase.definitions.prefix(3) + MovedDatabase.contents)
    #expect(
      try rig.targetSession().query(MovedDatabase.positions)
        == [["countdown", "-5"], ["devices_id_seq", "7"]])
    #expect(try rig.targetSession().query("SELECT to_regnamespace('__backfill') IS NULL") == [["t"]])
    // What the command said is to be taken back at the end leaves nothing that the source doesn't have.
    #expect(try rig.revoke(toldIn: outcome) == 3, "\(outcome)")
    #expect(try await SchemaDumps(of: rig).differences == [])
  }

  /// Its schema is one of the dump's objects, and there before the dump is restored.
  @Test(
    "brings an extension that is in a schema of its own", .needs(TestServer.oneWithClients),
    arguments: TestServer.oneWithClients)
  func extensionSchema(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server,
      setup: [
        """
        CREATE TABLE readings (time timestamptz NOT NULL);
        SELECT "Time Scale".create_hypertable('readings', 'time');
        INSERT INTO readings VALUES ('2025-01-01Z');
        """
      ], options: DatabaseOptions(extensionSchema: "Time Scale"))
    try rig.sourceSession().execute(
      #"CREATE TABLE "Time Scale".own (a int); INSERT INTO "Time Scale".own VALUES (5)"#)
    _ = try await rig.schema()
    try rig.expectSame([
      "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'timescaledb'",
      #"SELECT * FROM "Time Scale".own"#, "SELECT count(*) FROM _timescaledb_catalog.chunk",
    ])
  }
}
