import TestServers
import Testing

/// Another server behind the same name, as after a failover.
@Suite("A failover in mid-copy", .needsServer, .serialized) struct FailoverTests {
  private static let setup = """
    CREATE TABLE followed (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('followed', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO followed SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 05:59Z', '2 min') AS t, generate_series(1, 10) AS d
    """

  private func started(_ rig: ProxiedMigration) async throws -> RunningBackfill {
    rig.throttle(2_000_000)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "[3/30]")
    return running
  }

  @Test("of the target waits for the standby's promotion, and goes on there", arguments: TestServer.one)
  func target(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    let standby = try await rig.target.cluster.standby(extraSettings: ["hot_standby": "on"])
    let running = try await started(rig)
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
    try Migration(from: rig.source, to: standby.database(like: rig.target)).expectSame("followed")
  }

  @Test("of the source goes on reading from its standby", arguments: TestServer.ends)
  func source(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    let standby = try await rig.source.cluster.standby()
    try await rig.source.cluster.waitUntilReplayed(on: standby)
    try await rig.run("stage", "--until", "2024-02-01")
    let running = try await started(rig)
    try await rig.source.cluster.stop(.immediate)
    rig.sourceProxy.lead(to: standby.port)
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    #expect(try rig.target.tasks(where: "attempts > 0") == 0)
    try await rig.run("verify")
    try Migration(from: standby.database(like: rig.source), to: rig.target).expectSame("followed")
  }

  @Test("to a server with another database of that name ends the run", arguments: FaultyProxyEnd.allCases)
  func stranger(end: FaultyProxyEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    let original = end == .source ? rig.source : rig.target
    let elsewhere = try await server.dedicatedCluster()
    let other = try await elsewhere.makeDatabase(
      version: server.timescaleVersion, name: original.name, setup: Self.setup)
    let before = try other.contents(of: "followed")
    let running = try await started(rig)
    let proxy = end == .source ? rig.sourceProxy : rig.targetProxy
    proxy.lead(to: elsewhere.port)
    proxy.cutAll()
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(
      outcome.stderr.contains(
        "\(end.rawValue): connecting again: this isn't the database that the run began with"),
      "\(outcome)")
    #expect(outcome.stderr.contains("system identifier was"), "\(outcome)")
    #expect(try other.contents(of: "followed") == before)
    proxy.lead(to: original.cluster.port)
    try await rig.run("copy")
    try await rig.run("verify")
    try rig.migration.expectSame("followed")
  }
}
