import TestServers
import TestTraits
import Testing

@Suite("schema --rebuild") struct RebuildTests {
  private static let setup =
    MovedDatabase.setup + MovedDatabase.communitySetup + DefinedDatabase.setup
    + DefinedDatabase.communitySetup

  @Test(
    "makes everything from definitions, as it is on the source", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func whole(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    let outcome = try await rig.schema("--rebuild")
    for step in 1...8 { #expect(outcome.stdout.contains("\n\(step)/8 Done in"), "\(outcome)") }
    #expect(outcome.stderr.isEmpty, "\(outcome)")
    try rig.expectSame(MovedDatabase.definitions.filter { !$0.contains("num_chunks") })
    try RebuiltSchema.expectSame(rig)
    #expect(try await RebuiltSchema.differences(of: rig) == RebuiltSchema.granted)
    let again = try await rig.schema("--rebuild")
    #expect(again.stdout.contains("The target has the schema already"), "\(again)")
  }

  /// With the program alone: everything after `schema` as the application's own role.
  @Test(
    "is the beginning of a migration", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func migration(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + MovedDatabase.communitySetup,
      administration: MovedDatabase.administration)
    let outcome = try await rig.schema("--rebuild")
    try await rig.goOn()
    try rig.expectSame(Array(MovedDatabase.definitions.prefix(3) + MovedDatabase.contents.dropLast()))
    try rig.expectSame([DefinedDatabase.jobs("j.scheduled")])
    #expect(try rig.revoke(toldIn: outcome) == 3, "\(outcome)")
    #expect(try await RebuiltSchema.differences(of: rig) == [])
  }

  @Test(
    "belongs to a role without special rights", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func managed(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    let session = try rig.maintenance()
    try session.execute("CREATE ROLE admin LOGIN CREATEROLE PASSWORD 'theirs'")
    try session.execute("CREATE DATABASE metrics OWNER admin")
    try rig.targetSession().execute(
      "CREATE EXTENSION timescaledb VERSION '\(server.timescaleVersion)'; CREATE EXTENSION btree_gist")
    // Nothing that only a superuser could give it.
    let outcome = try await rig.schema(
      "--rebuild", "--managed", target: rig.targetString(user: "admin", password: "theirs"))
    #expect(!outcome.stderr.contains("refused the job"), "\(outcome)")
    try rig.expectSame(DefinedDatabase.facts)
    #expect(
      try rig.targetSession().query(
        "SELECT DISTINCT owner::text FROM _timescaledb_config.bgw_job WHERE id >= 1000") == [["admin"]])
    #expect(
      try rig.targetSession().query(
        """
        SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
        WHERE relname IN ('wide', 'monthly', 'readings', 'mat_over')
        """) == [["admin"]])
    let jobs = try rig.sourceSession().query(
      "SELECT count(*) FROM _timescaledb_config.bgw_job WHERE id >= 1000")
    #expect(
      try rig.targetSession().query("SELECT count(*) FROM _timescaledb_config.bgw_job WHERE id >= 1000")
        == jobs)
  }

  @Test(
    "prints a script that does the same", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func script(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    let outcome = try await rig.schema("--rebuild", "--print")
    #expect(outcome.stdout.hasPrefix("#!/bin/bash\n"), "\(outcome)")
    try await rig.run(script: outcome.stdout)
    try rig.expectSame(MovedDatabase.definitions.filter { !$0.contains("num_chunks") })
    try RebuiltSchema.expectSame(rig)
    #expect(try await RebuiltSchema.differences(of: rig) == RebuiltSchema.granted)
  }
}
