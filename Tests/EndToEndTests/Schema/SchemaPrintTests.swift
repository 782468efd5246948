import TestServers
import TestTraits
import Testing

@Suite("schema --print") struct SchemaPrintTests {
  @Test(
    "prints what a person can run instead, and does nothing", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func script(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + MovedDatabase.communitySetup,
      administration: MovedDatabase.administration)
    let outcome = try await rig.schema("--print")
    #expect(outcome.stdout.hasPrefix("#!/bin/bash\n"), "\(outcome)")
    #expect(outcome.stderr.isEmpty, "\(outcome)")
    #expect(!outcome.stdout.contains("NOSUPERUSER''"))
    #expect(try rig.maintenance().query("SELECT count(*) FROM pg_roles WHERE rolname = 'app'") == [["0"]])

    try await rig.run(script: outcome.stdout)
    try rig.expectSame(MovedDatabase.definitions)
    let differences = try await SchemaDumps(of: rig).differences
    #expect(differences.allSatisfy { $0.hasPrefix("+GRANT") }, "\(differences)")
    #expect(
      try rig.targetSession().query(
        "SELECT count(*) FROM timescaledb_information.jobs WHERE scheduled AND job_id >= 1000") == [["0"]])
  }

  @Test(
    "and --json exclude each other, as do other ways to go about it",
    arguments: [
      ["--print", "--json"], ["--tables-only", "--no-tables"], ["--tables-only", "--managed"],
      ["--filter", "x"],
    ]) func usage(arguments: [String]) async throws
  {
    let outcome = try await BackfillProcess(source: "host=s", target: "host=t").run(["schema"] + arguments)
    #expect(outcome.exitCode == 2, "\(outcome)")
  }
}
