import TestServers
import TestTraits
import Testing

@Suite("Client programs of schema", .needsServer) struct SchemaSecretsTests {
  private static let setup = [
    "CREATE TABLE a (b int); CREATE TABLE r (time timestamptz NOT NULL); SELECT create_hypertable('r', 'time')"
  ]

  /// What each program is called with, and what it finds in its environment, is written down.
  private func spies(in directory: ScratchDirectory) -> [String: ClientDirectory.Manner] {
    let spy = ClientDirectory.Manner.before(
      "tr '\\0' '\\n' < /proc/$$/cmdline >> '\(directory.path)/words'; env >> '\(directory.path)/variables'")
    return ["pg_dump": spy, "pg_dumpall": spy, "pg_restore": spy]
  }

  @Test("get passwords by their environment, and none by their command line") func environment() async throws
  {
    let rig = try await SchemaRig(on: try TestServer.one.newest(), setup: Self.setup)
    let directory = try ScratchDirectory()
    let outcome = try await rig.schema(with: spies(in: directory))
    let (words, variables) = (try directory.text(of: "words"), try directory.text(of: "variables"))
    #expect(words.contains("--dbname=") && words.contains("dbname=metrics"), "\(outcome)")
    for secret in [TestCluster.superuserPassword, SchemaRig.targetPassword, "has: this"] {
      #expect(!words.contains(secret), "\(words)")
    }
    #expect(variables.contains("PGPASSWORD=\(TestCluster.superuserPassword)\n"))
    #expect(variables.contains("PGPASSWORD=\(SchemaRig.targetPassword)\n"))
    // Our own variables have both, for whoever looks.
    #expect(!variables.contains("BACKFILL_"))
  }

  @Test(
    "come to the database by a service and a password file too", .needs(TestServer.oneWithClients),
    arguments: TestServer.oneWithClients)
  func service(server: TestServer) async throws {
    let rig = try await SchemaRig(on: server, setup: Self.setup)
    let directory = try ScratchDirectory()
    let escaped = SchemaRig.targetPassword.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
    try directory.write(
      "127.0.0.1:\(rig.source.port):*:*:\(TestCluster.superuserPassword)\n127.0.0.1:\(rig.target.port):*:*:\(escaped)\n",
      to: "passwords")
    try directory.write(
      """
      [old]
      host=127.0.0.1
      port=\(rig.source.port)
      dbname=metrics
      user=postgres
      [new]
      host=127.0.0.1
      port=\(rig.target.port)
      dbname=metrics
      user=postgres

      """, to: "services")
    let process = BackfillProcess(environment: [
      "BACKFILL_SOURCE": "service=old", "BACKFILL_TARGET": "service=new dbname=metrics",
      "PGPASSFILE": directory.path + "/passwords", "PGSERVICEFILE": directory.path + "/services",
    ])
    let programs = try ClientDirectory(of: rig.server, spies(in: directory))
    let outcome = try await process.run(["schema", "--pg-bin", programs.path])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(!(try directory.text(of: "variables").contains("PGPASSWORD=")))
    rig.expectNoPassword(in: outcome)
  }
}
