import TestServers
import Testing

/// Another server behind the same name, as after a failover.
@Suite("A failover in mid-copy", .needsServer) struct FailoverTests {
  @Test("of the target waits for the standby's promotion, and goes on there", arguments: TestServer.one)
  func target(server: TestServer) async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: server)
    let standby = try await rig.target.cluster.standby(extraSettings: ["hot_standby": "on"])
    let running = try await rig.startSlowly()
    // Asynchronous replication may lose the last commits, each with its mark.
    try await rig.target.cluster.stop(.immediate)
    rig.targetProxy.lead(to: standby.port)
    rig.targetProxy.cutAll()
    try await running.waitUntilOutput(contains: "this server is a standby, which takes no writes")
    try standby.executeAsSuperuser("SELECT pg_promote()")
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    try await rig.run("verify")
    try Migration(from: rig.source, to: standby.database(like: rig.target)).expectSame("hourly")
  }

  @Test("of the source goes on reading from its standby", arguments: TestServer.one)
  func source(server: TestServer) async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: server)
    let standby = try await rig.source.cluster.standby()
    try await rig.source.cluster.waitUntilReplayed(on: standby)
    let running = try await rig.startSlowly()
    try await rig.source.cluster.stop(.immediate)
    rig.sourceProxy.lead(to: standby.port)
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    #expect(try rig.target.tasks(where: "attempts > 0") == 0)
    try await rig.run("verify")
    try Migration(from: standby.database(like: rig.source), to: rig.target).expectSame("hourly")
  }

  @Test("to a server with another database of that name ends the run", arguments: ServerEnd.allCases)
  func stranger(end: ServerEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.stagedHourly(on: server)
    let original = rig.database(at: end)
    let elsewhere = try await server.dedicatedCluster(identity: 2)
    let other = try await elsewhere.makeDatabase(
      version: server.timescaleVersion, name: original.name, setup: ProxiedMigration.hourly)
    let before = try other.contents(of: "hourly")
    let running = try await rig.startSlowly()
    let proxy = end == .source ? rig.sourceProxy : rig.targetProxy
    proxy.lead(to: elsewhere.port)
    proxy.cutAll()
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(
      outcome.stderr.contains(
        "\(end.rawValue): connecting again: this is not the database that the run began with"),
      "\(outcome)")
    #expect(outcome.stderr.contains("system identifier was"), "\(outcome)")
    #expect(try other.contents(of: "hourly") == before)
    proxy.lead(to: original.cluster.port)
    try await rig.run("copy")
    try await rig.run("verify")
    try rig.migration.expectSame("hourly")
  }
}
