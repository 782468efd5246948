import TestServers
import Testing

@Suite("One database as source and as target", .needsServer) struct SameDatabaseTests {
  private static let commands = [
    ["stage", "--until", "2024-02-01"], ["copy"], ["verify"], ["refresh-caggs"],
  ]

  @Test("is refused at once, and nothing is written into it", arguments: TestServer.one)
  func refused(server: TestServer) async throws {
    let database = try await server.makeDatabase(setup: QueueStateTests.setup)
    let migration = Migration(from: database, to: database)
    for arguments in Self.commands {
      let outcome = try await migration.backfill.run(arguments, limit: .seconds(30))
      #expect(outcome.exitCode == 1, "\(outcome)")
      #expect(outcome.stderr.contains("source and target are the same database"), "\(outcome)")
    }
    #expect(try database.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test("is told from a physical copy, which is another", arguments: TestServer.one)
  func copy(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster()
    let source = try await cluster.makeDatabase(
      version: server.timescaleVersion, setup: QueueStateTests.setup)
    let copied = try await cluster.standby(extraSettings: ["hot_standby": "on"])
    try await cluster.waitUntilReplayed(on: copied)
    let target = copied.database(like: source)
    // Until it is promoted it is no copy but the same database.
    for arguments in Self.commands {
      let backwards = try await Migration(from: target, to: source).backfill.run(arguments)
      #expect(backwards.exitCode == 1, "\(backwards)")
      #expect(backwards.stderr.contains("the source is a standby of the target"), "\(backwards)")
      let forwards = try await Migration(from: source, to: target).backfill.run(arguments)
      #expect(forwards.exitCode == 1, "\(forwards)")
    }
    #expect(try source.value("SELECT to_regnamespace('__backfill')") == nil)
    try copied.executeAsSuperuser("SELECT pg_promote()")
    try source.execute("UPDATE stated SET value = 2")
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
    #expect(try source.value("SELECT to_regnamespace('__backfill')") == nil)
  }
}
