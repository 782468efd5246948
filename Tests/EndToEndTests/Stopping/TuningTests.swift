import TestServers
import Testing

@Suite("Tuning a running copy", .needsServer) struct TuningTests {
  private func staged(rows: Int = 9) async throws -> Migration {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE tuned (time timestamptz NOT NULL, device int, note text);
        SELECT create_hypertable('tuned', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO tuned SELECT t, d, repeat(md5(t::text || d), 10)
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-06 23:00Z', '1 hour') AS t, generate_series(1, \(rows)) AS d;
        """)
    // A chunk that is there already, for the gate.
    try migration.target.execute("INSERT INTO tuned VALUES ('2024-01-06 00:30Z', -1)")
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  @Test("by __backfill.session.parallelism: up, and down again") func live() async throws {
    let migration = try await staged()
    // Asked for in an earlier run, so it doesn't count.
    try migration.target.execute("UPDATE __backfill.session SET parallelism = 5")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    try migration.target.execute("UPDATE __backfill.session SET parallelism = 4")
    try await gate.waitForArrivals(4)
    try migration.target.execute("UPDATE __backfill.session SET parallelism = 2")
    try await running.waitUntilOutput(contains: "Workers: 2 (were 4)")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stdout.contains("Workers: 4 (were 1)"), "\(outcome)")
    try migration.expectSame("tuned", where: "device > 0")
  }

  @Test("an earlier run's wish doesn't count after the queue's session was lost, either")
  func afterLoss() async throws {
    let migration = try await staged()
    try migration.target.execute("UPDATE __backfill.session SET parallelism = 5")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    let looks = "query LIKE 'SELECT parallelism FROM __backfill.session%' AND datname = current_database()"
    try await migration.target.wait(until: "EXISTS (SELECT FROM pg_stat_activity WHERE \(looks))")
    let lost = try migration.target.loseQueueSession()
    // The new session has looked more than once.
    let looked = "\(looks) AND pid <> \(lost) AND query_start > backend_start + interval '1.5 s'"
    try await migration.target.wait(until: "EXISTS (SELECT FROM pg_stat_activity WHERE \(looked))")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(!outcome.stdout.contains("Workers:"), "\(outcome)")
    try migration.expectSame("tuned", where: "device > 0")
  }

  @Test("-p auto copies and verifies everything") func automatic() async throws {
    let migration = try await staged()
    try await migration.run("copy", "-p", "auto")
    let verified = try await migration.run("verify", "-p", "auto")
    #expect(verified.stdout.contains("Verified 6 chunks"), "\(verified)")
    try migration.expectSame("tuned")
  }

  @Test("--max-rate slows a copy down to that, and no further") func rate() async throws {
    let migration = try await staged(rows: 60)
    let bytes = try #require(
      Double(
        try migration.source.value("SELECT sum(length(note) + 30) FROM tuned") ?? ""))
    let started = ContinuousClock.now
    try await migration.run("copy", "--max-rate", "1MB")
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    // Each worker waits for its own last piece, so the run may end a little before the rate would have it.
    #expect(seconds > 0.7 * bytes / 1_048_576, "\(bytes) bytes in \(seconds) s")
    try migration.expectSame("tuned")
  }
}
