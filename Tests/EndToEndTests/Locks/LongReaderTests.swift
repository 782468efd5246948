import TestServers
import Testing

@Suite("A long reader on the target", .needsCommunity) struct LongReaderTests {
  /// Three compressed chunks, copying which takes ACCESS EXCLUSIVE.
  private func staged(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE read_long (time timestamptz NOT NULL, device int, value int);
        SELECT create_hypertable('read_long', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE read_long SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
        INSERT INTO read_long SELECT t, 1, 1
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
        SELECT compress_chunk(c) FROM show_chunks('read_long') AS c;
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  /// A session that has read the second day and keeps its transaction open.
  private func reader(_ migration: Migration) throws -> SQLSession {
    let session = try migration.target.session()
    try session.execute("BEGIN; SELECT * FROM read_long WHERE time >= '2024-01-02Z' AND time < '2024-01-03Z'")
    return session
  }

  @Test(
    "keeps nobody else waiting behind copy, and is named; then the chunk is copied",
    arguments: TestServer.oneCommunity)
  func named(server: TestServer) async throws {
    let migration = try await staged(server)
    let reader = try reader(migration)
    let running = try migration.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "held by process \(reader.backendPID)")
    for fact in ["role \(TestCluster.appUser)", "\"backfill-tests\"", "query begun", "waiting for a lock on"]
    {
      #expect(running.errors.contains(fact), "\(fact): \(running.errors)")
    }
    // Whoever comes later gets through while the reader still reads.
    for _ in 0..<5 {
      _ = try migration.target.session(limit: .seconds(20)).query("SELECT count(*) FROM read_long")
    }
    #expect(await running.isRunning)
    try reader.execute("COMMIT")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try migration.expectSame("read_long")
  }

  @Test(
    "that doesn't end within the budget fails the chunk, and no other",
    arguments: TestServer.oneCommunity)
  func budget(server: TestServer) async throws {
    let migration = try await staged(server)
    let reader = try reader(migration)
    let outcome = try await migration.run("copy", "-p1", "--retry-budget", "3s", exits: 1)
    #expect(outcome.copiedChunks.count == 2, "\(outcome)")
    #expect(outcome.stderr.contains("1 chunk failed") && outcome.stderr.contains("55P03"), "\(outcome)")
    try reader.execute("COMMIT")
    try await migration.run("copy")
    try migration.expectSame("read_long")
  }
}
