import Glibc
import TestServers
import Testing

@Suite("A server that hangs", .needsServer, .serialized) struct SilentServerTests {
  private static let setup = """
    CREATE TABLE hung (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('hung', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO hung SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 05:59Z', '2 min') AS t, generate_series(1, 10) AS d
    """

  @Test("for a while, and then goes on, costs nothing but the while", arguments: FaultyProxyEnd.allCases)
  func hiccup(end: FaultyProxyEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    rig.throttle(2_000_000)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "[2/30]")
    let cluster = end == .source ? rig.source.cluster : rig.target.cluster
    try cluster.pause()
    try await Task.sleep(for: .seconds(2))
    try cluster.resume()
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    try await rig.run("verify")
    try rig.migration.expectSame("hung")
  }

  @Test("is noticed within about a minute, and come back to", arguments: FaultyProxyEnd.allCases)
  func noticed(end: FaultyProxyEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    rig.throttle(2_000_000)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "[2/30]")
    let cluster = end == .source ? rig.source.cluster : rig.target.cluster
    try cluster.pause()
    defer { try? cluster.resume() }
    try await running.waitUntilOutput(
      contains: "the server has stopped answering", limit: .seconds(110))
    try cluster.resume()
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    #expect(outcome.stderr.contains("\(end.rawValue): "), "\(outcome)")
    try await rig.run("verify")
    try rig.migration.expectSame("hung")
  }

  @Test("doesn't keep a second signal from ending the run", arguments: FaultyProxyEnd.allCases)
  func stopped(end: FaultyProxyEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    rig.throttle(2_000_000)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "[2/30]")
    let cluster = end == .source ? rig.source.cluster : rig.target.cluster
    try cluster.pause()
    defer { try? cluster.resume() }
    await running.signal(SIGTERM)
    // A signal that is sent before the one before was taken is the same one.
    try await running.waitUntilOutput(contains: "a second signal")
    await running.signal(SIGTERM)
    let outcome = try await running.wait(limit: .seconds(30))
    #expect(outcome.exitCode == 130, "\(outcome)")
  }
}
