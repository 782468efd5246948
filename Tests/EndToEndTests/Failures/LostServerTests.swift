import TestServers
import Testing

@Suite("A server that goes away in mid-copy", .needsServer, .serialized) struct LostServerTests {
  private static let setup = """
    CREATE TABLE kept (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('kept', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO kept SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 05:59Z', '2 min') AS t, generate_series(1, 10) AS d
    """

  /// Which server, and how.
  enum Loss: String, CaseIterable, CustomTestStringConvertible {
    case sourceCrashes
    case targetCrashes
    case targetRestarts
    case sourceCutsInMidCopy
    case targetCutsInMidCopy

    var testDescription: String { rawValue }
  }

  @Test("is come back to, and every chunk arrives once", arguments: Loss.allCases)
  func survived(loss: Loss) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    // 300 kB a chunk: slow enough to be in the middle of one.
    rig.throttle(2_000_000)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "[3/30]")
    switch loss {
    case .sourceCrashes: try await rig.source.cluster.restart(immediate: true)
    case .targetCrashes: try await rig.target.cluster.restart(immediate: true)
    case .targetRestarts: try await rig.target.cluster.restart()
    case .sourceCutsInMidCopy: rig.sourceProxy.cut(afterBytes: 40_000)
    case .targetCutsInMidCopy: rig.targetProxy.cut(afterBytes: 40_000)
    }
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stderr.contains("connecting again") || outcome.stderr.contains("retry"), "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)")
    #expect(try rig.target.tasks(where: "worked IS NULL OR attempts > 0") == 0)
    try await rig.run("verify")
    try rig.migration.expectSame("kept")
  }

  @Test(
    "when it has a COMMIT or just hasn't: the task is done once, and counted",
    arguments: [FaultyProxy.Delivery.delivered, .undelivered, .overtaken])
  func unknownCommit(delivery: FaultyProxy.Delivery) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-01-01 10:00Z")
    // Tells for every commit that a task was done.
    try rig.target.execute(
      """
      CREATE TABLE public.done (priority bigint, at timestamptz DEFAULT clock_timestamp());
      CREATE FUNCTION public.note_done() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- Longer than connecting again takes.
        IF \(delivery == .overtaken) AND NOT EXISTS (SELECT FROM public.done) THEN PERFORM pg_catalog.pg_sleep(2.5); END IF;
        INSERT INTO public.done VALUES (NEW.priority);
        RETURN NEW;
      END $$;
      CREATE TRIGGER note_done AFTER UPDATE OF worked ON __backfill.task
        FOR EACH ROW WHEN (NEW.worked IS NOT NULL) EXECUTE FUNCTION public.note_done()
      """)
    rig.targetProxy.loseAnswer(to: "SET worked =", delivery)
    let outcome = try await rig.backfill.run(["copy", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 10, "\(outcome)")
    #expect(outcome.copiedChunks.count == 10, "\(outcome)")
    #expect(try rig.target.value("SELECT count(*) || ' ' || count(DISTINCT priority) FROM done") == "10 10")
    #expect(outcome.stdout.contains("from 10 chunks"), "\(outcome)")
    try await rig.run("verify")
    try rig.migration.expectSame("kept", where: "time < '2024-01-01 10:00Z'")
  }

  @Test("takes fewer connections than workers want, and those that wait end with the work")
  func needlessWaiting() async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-01-01 10:00Z")
    try rig.source.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT 1")
    let gate = try Gate(closedOn: rig.target)
    let running = try rig.backfill.start(["copy", "-p9"])
    try await gate.waitForArrivals(1)
    // By now the others wait for many seconds between their tries.
    try await Task.sleep(for: .seconds(12))
    try gate.open()
    try await running.waitUntilOutput(contains: "[10/10]")
    let allCopied = ContinuousClock.now
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(ContinuousClock.now - allCopied < .seconds(3), "\(outcome)")
  }

  @Test("takes fewer connections than workers want", arguments: [FaultyProxyEnd.source, .target])
  func tooManyConnections(end: FaultyProxyEnd) async throws {
    let server = try #require(TestServer.newest)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-01-01 10:00Z")
    let limited = end == .source ? rig.source : rig.target
    try limited.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT 3")
    let outcome = try await rig.backfill.run(["copy", "-p6"])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.copiedChunks.count == 10, "\(outcome)")
    #expect(outcome.stderr.contains("too many connections"), "\(outcome)")
    try limited.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT -1")
    try await rig.run("verify")
  }
}

enum FaultyProxyEnd: String, CaseIterable, CustomTestStringConvertible {
  case source
  case target

  var testDescription: String { rawValue }
}
