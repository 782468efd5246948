import TestServers
import TestTraits
import Testing

/// What happens to a chunk of the source between its description and its reading, which snapshots don't keep out.
@Suite("A chunk that changes while it is being read") struct ReadingGuardTests {
  private static let setup = """
    CREATE TABLE m (time timestamptz NOT NULL, dev int, val int);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    INSERT INTO m SELECT t, d, d
    FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;
    """

  /// Starts a command that waits to read the chunk, compresses the chunk meanwhile, which empties its file for older
  /// snapshots too, and lets the command go on.
  private func run(
    _ command: String, of migration: Migration
  ) async throws -> BackfillProcess.Outcome {
    let changer = try migration.source.session()
    let chunk = try #require(try changer.query("SELECT c::text FROM show_chunks('m') AS c").first?[0])
    try changer.execute("BEGIN; LOCK TABLE \(chunk) IN ACCESS EXCLUSIVE MODE")
    let running = try migration.backfill.start([command, "-p1"])
    try await migration.source.wait(
      until: """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND application_name LIKE 'timescaledb-backfill%')
        """)
    try changer.execute("SELECT compress_chunk(c) FROM show_chunks('m') AS c")
    try changer.execute("COMMIT")
    return try await running.wait()
  }

  @Test(
    "compressed between describing and reading, arrives whole", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func copied(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await run("copy", of: migration)
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try migration.source.contents(of: "m").rows == 288)
    try migration.expectSame("m")
  }

  @Test(
    "compressed between describing and comparing, is verified as what it is",
    .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func verified(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy", "-p1")
    let outcome = try await run("verify", of: migration)
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    // And what is missing is found, whenever the chunk was changed.
    try migration.target.execute("DELETE FROM m WHERE time = '2024-01-02 06:00Z' AND dev = 1")
    try migration.target.execute("UPDATE __backfill.task SET verified = NULL")
    try await migration.run("verify", exits: 3)
  }
}
