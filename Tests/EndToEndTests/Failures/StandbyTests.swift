import TestServers
import Testing

@Suite("A source that is a hot standby", .needsServer) struct StandbyTests {
  /// - Parameter width: of a note, in 32 bytes.
  private static func setup(width: Int) -> String {
    """
    CREATE TABLE followed (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('followed', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO followed SELECT t, d, repeat(md5(t::text), \(width))
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:59Z', '10 min') AS t, generate_series(1, 10) AS d
    """
  }

  /// Chunks of 11 MB on the wire: more than the sockets' buffers hold, or the server would be done before any conflict.
  private static let wide = 250

  /// What VACUUM FULL or DROP would do: replay has to lock the chunks too, and throws readers out.
  private static let lockAll = """
    DO $$
    DECLARE c regclass;
    BEGIN
      FOR c IN SELECT show_chunks('followed') LOOP EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', c); END LOOP;
    END $$
    """

  /// A primary with data, its standby as the source, and a target elsewhere.
  private struct Rig {
    let primary: TestDatabase
    let standby: TestCluster
    let proxied: ProxiedMigration

    init(_ server: TestServer, standbySettings: [String: String] = [:], width: Int = 1) async throws {
      let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
      primary = try await cluster.makeDatabase(
        version: server.timescaleVersion, setup: StandbyTests.setup(width: width))
      standby = try await cluster.standby(extraSettings: standbySettings)
      try await cluster.waitUntilReplayed(on: standby)
      let target = try await server.makeDatabase()
      try await primary.dumpSchema(into: target)
      proxied = try ProxiedMigration(from: standby.database(like: primary), to: target)
    }
  }

  @Test("is read like any other", arguments: TestServer.ends) func plain(server: TestServer) async throws {
    let rig = try await Rig(server)
    #expect(try rig.proxied.source.value("SELECT pg_is_in_recovery()") == "t")
    try await rig.proxied.run("stage", "--until", "2024-02-01")
    try await rig.proxied.run("copy", "-p3")
    try await rig.proxied.run("verify", "-p3")
    try rig.proxied.migration.expectSame("followed")
  }

  @Test("that cancels the reading for a conflict with recovery is read again", arguments: TestServer.one)
  func conflict(server: TestServer) async throws {
    // A standby that waits for no query.
    let rig = try await Rig(server, standbySettings: ["max_standby_streaming_delay": "0"], width: Self.wide)
    try await rig.proxied.run("stage", "--until", "2024-02-01")
    rig.proxied.throttle(200_000)
    let running = try rig.proxied.backfill.start(["copy", "-p1"])
    try await rig.proxied.source.wait(
      until:
        "EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%COPY (SELECT%TO STDOUT%' AND pid <> pg_backend_pid())"
    )
    try rig.primary.execute(Self.lockAll)
    // The conflict is over once replay has gone on.
    try await rig.primary.cluster.waitUntilReplayed(on: rig.standby)
    rig.proxied.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(rig.standby.log().contains("conflict with recovery"))
    #expect(try rig.proxied.target.tasks(where: "worked IS NULL") == 0)
    try await rig.proxied.run("verify")
    try rig.proxied.migration.expectSame("followed")
  }

  @Test("that never stops cancelling is told of, with what to do", arguments: TestServer.one)
  func conflicts(server: TestServer) async throws {
    let rig = try await Rig(server, standbySettings: ["max_standby_streaming_delay": "0"], width: Self.wide)
    try await rig.proxied.run("stage", "--until", "2024-02-01")
    rig.proxied.throttle(4_000_000)
    let running = try rig.proxied.backfill.start(["copy", "-p1", "--retry-budget", "1s"])
    while await running.isRunning {
      try rig.primary.execute(Self.lockAll)
      try await Task.sleep(for: .milliseconds(100))
    }
    rig.proxied.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("conflict with recovery"), "\(outcome)")
    #expect(outcome.stderr.contains("max_standby_streaming_delay"), "\(outcome)")
    try await rig.proxied.run("copy")
    try await rig.proxied.run("verify")
    try rig.proxied.migration.expectSame("followed")
  }

  @Test("as the target is refused", arguments: TestServer.one) func asTarget(server: TestServer) async throws
  {
    let rig = try await Rig(server)
    let backwards = Migration(from: rig.primary, to: rig.proxied.source)
    let outcome = try await backwards.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(outcome.stderr.contains("standby"), "\(outcome)")
  }
}
