import Foundation
import TestServers
import TestTraits
import Testing

/// verify compares what a query sees, however it is stored, and finds what was tampered with in compressed rows.
@Suite(
  "verify with compression",
  .needs(TestServer.community))
struct CompressedVerifyTests {
  @Test("a chunk compressed on one side only compares equal", arguments: TestServer.community)
  func oneSide(server: TestServer) async throws {
    let migration = try await copied(on: server)
    try migration.target.execute("SELECT decompress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1")
    try migration.source.execute(
      "SELECT decompress_chunk(c) FROM (SELECT c FROM show_chunks('m') AS c ORDER BY c OFFSET 1 LIMIT 1) AS c"
    )
    try await migration.run("verify")
  }

  @Test(
    "compressed chunks that were tampered with are named, and the run exits with 3",
    arguments: TestServer.community)
  func tampered(server: TestServer) async throws {
    let migration = try await copied(on: server)
    let question = "SELECT c::text FROM show_chunks('m') AS c ORDER BY c"
    let chunks = zip(
      try migration.source.query(question).compactMap { $0[0] },
      try migration.target.query(question).compactMap { $0[0] })
    let tampered = Array(zip(chunks, Tampering.all))
    #expect(tampered.count == Tampering.all.count)
    for ((_, chunk), tampering) in tampered {
      for statement in tampering.statements {
        try migration.target.execute(statement.replacingOccurrences(of: "CHUNK", with: chunk))
      }
    }
    let outcome = try await migration.run("verify", exits: 3)
    #expect(outcome.stdout.contains("\(tampered.count) chunks differ"), "\(outcome)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == tampered.count)
    for ((chunk, _), tampering) in tampered {
      let name = try #require(chunk.split(separator: ".").last)
      let lines = outcome.stdout.split(separator: "\n").filter { $0.contains("\(name)\"") }
      #expect(lines.count == 1, "\(tampering): \(outcome)")
      #expect(lines.first?.contains(tampering.fact) == true, "\(tampering): \(outcome)")
    }
  }

  @Test(
    "a row beside the batches that was changed is found where both sides have such rows",
    arguments: TestServer.community)
  func besideBatches(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.setup + "INSERT INTO m VALUES ('2024-01-03 06:00:01Z', 2, 1)")
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy", "-p2")
    let partial = """
      SELECT count(*) FROM _timescaledb_catalog.chunk WHERE status & 8 = 8
      """
    #expect(try migration.source.value(partial) == "1")
    // Of the rows beside the batches alone, so that no batch is touched.
    let chunk = try #require(
      try migration.target.value("SELECT c::text FROM show_chunks('m') AS c ORDER BY c OFFSET 1 LIMIT 1"))
    try migration.target.executeAsSuperuser(
      """
      BEGIN; SET LOCAL timescaledb.restoring = on;
      UPDATE ONLY \(chunk) SET val = 3 WHERE time = '2024-01-03 06:00:01Z';
      COMMIT
      """)
    #expect(try migration.target.value("SELECT val FROM m WHERE time = '2024-01-03 06:00:01Z'") == "3")
    #expect(try migration.target.value(partial) == "1")
    let outcome = try await migration.run("verify", exits: 3)
    #expect(
      outcome.stdout.contains("column \"val\" differs at 2024-01-03 06:00:01+00"), "\(outcome)")
  }

  struct Tampering: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let statements: [String]
    /// What the message says.
    let fact: String

    static let all = [
      Tampering(
        testDescription: "a value changed, and compressed again",
        statements: [
          "SELECT decompress_chunk('CHUNK'); UPDATE CHUNK SET val = val + 1e-9 WHERE time = '2024-01-02 06:00Z' AND dev = 2",
          "SELECT compress_chunk('CHUNK')",
        ], fact: "column \"val\" differs at 2024-01-02 06:00:00+00"),
      Tampering(
        testDescription: "a row more, beside the compressed ones",
        statements: ["INSERT INTO m VALUES ('2024-01-03 06:00:01Z', 2, 1)"],
        fact: "48 rows on the source, 49 on the target; the difference is at 2024-01-03 06:00:01+00"),
      Tampering(
        testDescription: "a row less",
        statements: ["DELETE FROM m WHERE time = '2024-01-04 06:00Z' AND dev = 2"],
        fact: "48 rows on the source, 47 on the target; the difference is at 2024-01-04 06:00:00+00"),
    ]
  }

  private func copied(on server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy", "-p2")
    return migration
  }

  private static let setup = """
    SET TimeZone = 'UTC';
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    INSERT INTO m SELECT t, d, d
    FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-04 23:50Z', '1 hour') AS t, generate_series(1, 2) AS d;
    SELECT compress_chunk(c) FROM show_chunks('m') AS c;
    """
}

/// Chunks that TimescaleDB stores in ways this program doesn't know.
@Suite("Hypercore")
struct HypercoreTests {
  /// A table can't be given another access method before PostgreSQL 15.
  static let servers = Servers(.all, .community, .since(2, 18), .before(2, 22), .postgres(15))

  @Test(
    "chunks with the hypercore access method are refused in words, and the others copied",
    .needs(servers), arguments: servers)
  func refused(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
        INSERT INTO m SELECT t, 1, 1 FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 12:00Z', '1 hour') AS t;
        """)
    let chunk = try #require(
      try migration.source.value("SELECT c::text FROM show_chunks('m') AS c ORDER BY c LIMIT 1"))
    try migration.source.execute("ALTER TABLE \(chunk) SET ACCESS METHOD hypercore")
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("hypercore access method"), "\(outcome)")
    #expect(outcome.stderr.contains("SET ACCESS METHOD heap"), "\(outcome)")
    try migration.expectSame("m", where: "time >= '2024-01-03Z'")
  }
}
