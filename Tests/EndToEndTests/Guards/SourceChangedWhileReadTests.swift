import Foundation
import TestServers
import TestTraits
import Testing

/// TimescaleDB's planner looks at a chunk's state as it is now, and TRUNCATE goes past snapshots: what a snapshot has is
/// not always what a query in it returns.
@Suite("A source chunk that changes its form while it is read", .needsCommunity)
struct SourceChangedWhileReadTests {
  /// One compressed chunk of a day, 144 rows for each of two devices, and 100 rows beside them.
  private static let partial = """
    SET TimeZone = 'UTC';
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    INSERT INTO m SELECT t, d, d FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:50Z', '10 min') AS t,
      generate_series(1, 2) AS d;
    SELECT compress_chunk(c) FROM show_chunks('m') AS c;
    INSERT INTO m SELECT '2024-01-02 00:00:01Z'::timestamptz + i * interval '1 second', 1, -i FROM generate_series(1, 100) AS i;
    """
  /// Segmentwise, as a policy does it: rows go into batches, and the relation's file stays.
  private static let recompress = "SELECT compress_chunk(c) FROM show_chunks('m') AS c"
  private static let file = "SELECT min(pg_relation_filenode(c)) FROM show_chunks('m') AS c"
  private static let status = "SELECT min(_timescaledb_functions.chunk_status(c)) FROM show_chunks('m') AS c"
  /// Inside of the chunk, so that its rows are read by a query through it.
  private static let until = "2024-01-02T20:00:00Z"

  @Test(
    "rows recompressed after the exported snapshot are not left out in silence",
    arguments: TestServer.communityEnds)
  func recompressedAfterSnapshot(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.partial)
    let exporter = try migration.source.session()
    try exporter.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    let snapshot = try #require(try exporter.query("SELECT pg_export_snapshot()").first?.first ?? nil)
    try await migration.run("stage", "--until", Self.until, "--snapshot", snapshot)
    try recompress(migration.source)
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("on the source while it was being read"), "\(outcome)")
    #expect(outcome.stderr.contains("stage again with a newer snapshot"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 1") == 1)
    #expect(try migration.target.value("SELECT count(*) FROM m") == "0")
  }

  @Test("rows recompressed between describing and reading are copied", arguments: TestServer.communityEnds)
  func recompressedWhileCopied(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.partial)
    try await migration.run("stage", "--until", Self.until)
    try await atDescription("copy", of: migration) { try recompress(migration.source) }
    try migration.expectSame("m", where: "time < '\(Self.until)'")
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE val < 0") == "100")
  }

  @Test(
    "verify doesn't take rows that are recompressed meanwhile for missing",
    arguments: TestServer.communityEnds)
  func recompressedWhileVerified(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.partial)
    try await migration.run("stage", "--until", Self.until)
    try await migration.run("copy")
    try await atDescription("verify", of: migration) { try recompress(migration.source) }
    #expect(
      try migration.target.value("SELECT verify_message FROM __backfill.task") == "340 rows are equal")
  }

  @Test(
    "rows compressed after the exported snapshot without TRUNCATE are copied and verified",
    .needs(TestServer.keepingHeap),
    arguments: TestServer.keepingHeap)
  func compressedWithoutTruncate(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.plain)
    let before = try migration.source.contents(of: "m")
    let exporter = try migration.source.session()
    try exporter.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    let snapshot = try #require(try exporter.query("SELECT pg_export_snapshot()").first?.first ?? nil)
    try await migration.run("stage", "--until", "2024-01-03", "--snapshot", snapshot)
    let file = try migration.source.value(Self.file)
    try migration.source.execute(
      "SET timescaledb.compress_truncate_behaviour = truncate_disabled;" + Self.recompress)
    try #require(try migration.source.value(Self.file) == file)
    try await migration.run("copy")
    #expect(try migration.target.contents(of: "m") == before)
    #expect(try migration.target.value("SELECT count(*) FROM m") == "1440")
    try await migration.run("verify")
    #expect(
      try migration.target.value("SELECT verify_message FROM __backfill.task") == "1440 rows are equal")
  }

  @Test(
    "a merged chunk's rows are not skipped as gone", .needs(TestServer.merging), arguments: TestServer.merging
  )
  func merged(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.plain.replacingOccurrences(of: "'2024-01-02 23:59Z'", with: "'2024-01-03 23:59Z'"))
    try await migration.run("stage", "--until", "2024-02-01")
    #expect(try migration.target.tasks() == 2)
    let chunks = try migration.source.query("SELECT c::text FROM show_chunks('m') AS c ORDER BY c")
      .compactMap { $0[0] }
    try migration.source.execute("CALL merge_chunks('\(chunks[0])', '\(chunks[1])')")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("its range belongs to chunk"), "\(outcome)")
    #expect(outcome.stderr.contains("the chunk is not the one that was staged"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 1") == 2)
  }

  @Test(
    "merged after it was copied, a chunk isn't verified as empty", .needs(TestServer.merging),
    arguments: TestServer.merging)
  func mergedBeforeVerify(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.plain.replacingOccurrences(of: "'2024-01-02 23:59Z'", with: "'2024-01-03 23:59Z'"))
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    let chunks = try migration.source.query("SELECT c::text FROM show_chunks('m') AS c ORDER BY c")
      .compactMap { $0[0] }
    try migration.source.execute("CALL merge_chunks('\(chunks[0])', '\(chunks[1])')")
    let outcome = try await migration.run("verify", exits: 1)
    #expect(outcome.stderr.contains("its range belongs to chunk"), "\(outcome)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 2)
  }

  private static let plain = """
    SET TimeZone = 'UTC';
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    INSERT INTO m SELECT t, 1, 1 FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:59Z', '1 min') AS t;
    """

  private func recompress(_ source: TestDatabase) throws {
    let file = try source.value(Self.file)
    try #require(try source.value(Self.status) == "9")
    try source.execute(Self.recompress)
    try #require(try source.value(Self.status) == "1")
    try #require(try source.value(Self.file) == file)
  }

  /// Runs a command, and `change` when it has described the source's chunk and not the target's.
  private func atDescription(
    _ command: String, of migration: Migration, _ change: () throws -> Void
  ) async throws {
    let chunk = try #require(try migration.target.value("SELECT c::text FROM show_chunks('m') AS c"))
    let holder = try migration.target.session()
    try holder.execute("BEGIN; LOCK TABLE \(chunk) IN ACCESS EXCLUSIVE MODE")
    let running = try migration.backfill.start([command, "-p1"])
    try await migration.target.wait(
      until: """
        EXISTS (SELECT FROM \(TestDatabase.locks) WHERE relation = '\(chunk)'::regclass AND NOT granted)
        """)
    try await migration.source.wait(
      until: """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'
          AND application_name LIKE 'timescaledb-backfill%')
        """)
    try change()
    try holder.execute("COMMIT")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
  }
}

extension TestServer {
  /// compress_chunk may leave the chunk's file as it is.
  static let keepingHeap = Servers(.ends, .community, .since(2, 27))
  static let merging = Servers(.ends, .community, .since(2, 18))
}
