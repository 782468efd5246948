import Foundation
import TestServers
import Testing

/// A source and a target that nothing reaches both of, and a directory that is carried from one to the other.
struct ArchiveRig {
  let source: TestDatabase
  let target: TestDatabase
  let directory: ScratchDirectory
  var archive: String { directory.path + "/archive" }

  init(from source: TestDatabase, to target: TestDatabase) throws {
    self.source = source
    self.target = target
    directory = try ScratchDirectory()
  }

  init(_ migration: Migration) throws { try self.init(from: migration.source, to: migration.target) }

  var exporter: BackfillProcess { BackfillProcess(environment: ["BACKFILL_SOURCE": source.connectionString]) }
  var importer: BackfillProcess { BackfillProcess(environment: ["BACKFILL_TARGET": target.keywordString]) }

  func exportArguments(_ more: [String]) -> [String] {
    let until = more.contains("--until") ? [] : ["--until", "2024-02-01"]
    return ["export", "--output", archive] + until + more
  }

  @discardableResult
  func export(
    _ more: String..., exits code: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let outcome = try await exporter.run(exportArguments(more + (more.contains("-p1") ? [] : ["-p3"])))
    #expect(outcome.exitCode == code, "\(outcome)", sourceLocation: sourceLocation)
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    return outcome
  }

  @discardableResult
  func `import`(
    _ more: String..., exits code: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let outcome = try await importer.run(["import", "--input", archive, "-p3"] + more)
    #expect(outcome.exitCode == code, "\(outcome)", sourceLocation: sourceLocation)
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    return outcome
  }

  @discardableResult
  func verify(
    _ more: String..., exits code: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let outcome = try await importer.run(["verify", "--input", archive, "-p3"] + more)
    #expect(outcome.exitCode == code, "\(outcome)", sourceLocation: sourceLocation)
    return outcome
  }

  /// One of the source's chunks: the first in an order.
  func sourceChunk(_ order: String) throws -> String {
    try #require(
      try source.value(
        """
        SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks
        WHERE hypertable_name = 'm' ORDER BY \(order) FETCH FIRST 1 ROW ONLY
        """))
  }

  /// An export that waits for one of the source's chunks, which a session keeps locked until it rolls
  /// back. The snapshot is taken by then.
  func exportWaiting(for chunk: String) async throws -> (running: RunningBackfill, session: SQLSession) {
    let session = try source.session()
    try session.execute("BEGIN; LOCK TABLE \(chunk)")
    let running = try exporter.start(exportArguments(["-p1"]))
    try await source.wait(until: Self.waitsForLock)
    return (running, session)
  }

  /// A condition: an export waits for a lock.
  static let waitsForLock = """
    EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE '%export' AND wait_event_type = 'Lock'
      AND datname = current_database())
    """

  func expectSame(
    _ relation: String, where condition: String = "true", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let there = try source.contents(of: relation, where: condition)
    let here = try target.contents(of: relation, where: condition)
    #expect(there == here, "\(relation) where \(condition)", sourceLocation: sourceLocation)
  }

  /// The names of the archive's files with this ending, in order.
  func files(_ ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: archive).filter { $0.hasSuffix(ending) }.sorted()
  }

  /// The files with rows, and those with batches.
  func dataFiles() throws -> [String] { try files(".zst") }

  /// The descriptions of chunks.
  func descriptions() throws -> [String] {
    try files(".json").filter { $0 != "manifest.json" && $0 != "watermarks.json" }
  }

  func bytes(of file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(archive)/\(file)"))
  }

  func put(_ bytes: Data, to file: String) throws {
    try bytes.write(to: URL(fileURLWithPath: "\(archive)/\(file)"))
  }

  func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(archive)/\(file)") }
}

/// Eight days, of which older ones are compressed where the edition can do it.
enum ArchivedTable {
  static func schema(compressed: Bool) -> String {
    """
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val numeric, doc jsonb, feeling mood, txt text,
      twice int GENERATED ALWAYS AS (dev * 2) STORED);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX ON m (dev, time);
    """
      + (compressed
        ? "ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');" : "")
  }

  static let rows = """
    INSERT INTO m (time, dev, val, doc, feeling, txt)
    SELECT t, d, CASE WHEN d < 4 THEN d * 1.5 END, jsonb_build_object('d', d),
      (ARRAY['sad', 'ok', 'happy']::mood[])[d % 3 + 1], 'é' || d || E'\\n\\\\'
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-08 23:00Z', '1 hour') AS t, generate_series(1, 5) AS d;
    """

  static let compression = """
    SELECT compress_chunk(c) FROM show_chunks('m', older_than => '2024-01-05Z'::timestamptz) AS c;
    INSERT INTO m (time, dev) VALUES ('2024-01-02 00:30Z', 7);
    """

  /// On the servers' own edition.
  static func migration(on server: TestServer) async throws -> Migration {
    let compressed = server.isCommunity
    return try await Migration.on(
      server, setup: schema(compressed: compressed) + rows + (compressed ? compression : ""),
      targetSetup: schema(compressed: compressed))
  }
}
