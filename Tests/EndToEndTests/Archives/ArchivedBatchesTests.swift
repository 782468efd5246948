import Foundation
import TestServers
import TestTraits
import Testing

@Suite("Compressed batches through files", .needs(TestServer.communityEnds)) struct ArchivedBatchesTests {
  /// Slices, state, batches and rows beside of each chunk.
  private func chunks(of database: TestDatabase) throws -> [[String?]] {
    let session = try database.session()
    try session.execute(MatrixFacts.helper)
    return try session.query(
      MatrixFacts.chunks(of: MatrixTable(), schema: "public", isCommunity: true))
  }

  private func rig(on server: TestServer) async throws -> ArchiveRig {
    try ArchiveRig(try await ArchivedTable.migration(on: server))
  }

  /// What was said of chunks that were copied.
  private let messages = "SELECT string_agg(copy_message, '; ') FROM __backfill.task"

  @Test("arrive as they are, with the rows beside them", arguments: TestServer.communityEnds)
  func asTheyAre(server: TestServer) async throws {
    let rig = try await rig(on: server)
    // They go with what is replaced, in a chunk that is compressed by other settings.
    try rig.target.execute(
      """
      ALTER TABLE m SET (timescaledb.compress_segmentby = '');
      INSERT INTO m (time, dev) VALUES ('2024-01-03 12:34Z', -1);
      SELECT compress_chunk(c) FROM show_chunks('m') AS c;
      ALTER TABLE m SET (timescaledb.compress_segmentby = 'dev')
      """)
    try await rig.export()
    try await rig.import()
    #expect(try rig.target.value(messages) == nil)
    #expect(try chunks(of: rig.target) == chunks(of: rig.source))
    try await rig.verify()
    try rig.expectSame("m")
    try rig.expectSame("m", where: "dev = 3 AND time < '2024-01-04Z'")
    try rig.expectSame("m", where: "time BETWEEN '2024-01-02Z' AND '2024-01-02 01:00Z'")
  }

  @Test(
    "aren't written where rows are asked for, which go by the target's settings",
    arguments: TestServer.communityEnds)
  func asRows(server: TestServer) async throws {
    let rig = try await rig(on: server)
    let exported = try await rig.export("--rows")
    #expect(!exported.stdout.contains("as compressed batches"), "\(exported)")
    #expect(try rig.files(".copy.zst").count == 8)
    #expect(try rig.files(".batches.zst") == [])
    let other = try await rig.export(exits: 1)
    #expect(other.stderr.contains("an archive of another selection or time"), "\(other)")
    #expect(other.stderr.contains("--rows"), "\(other)")
    // As a version wrote it that knew of nothing else.
    let manifest = String(decoding: try rig.bytes(of: "manifest.json"), as: UTF8.self)
    #expect(manifest.contains("\"format\": 1"))
    try rig.put(
      Data(manifest.replacing("\"rows\": true", with: "\"unknown\": true").utf8), to: "manifest.json")
    try rig.target.execute("ALTER TABLE m SET (timescaledb.compress_segmentby = '')")
    try await rig.import()
    let said = try rig.target.value(messages)
    #expect(said?.contains("compressed anew on the target, as the archive has its rows") == true)
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test(
    "that a target can't take are refused, chunk by chunk, until it can", arguments: TestServer.communityEnds)
  func refused(server: TestServer) async throws {
    let rig = try await rig(on: server)
    try rig.target.execute("ALTER TABLE m SET (timescaledb.compress = false)")
    try await rig.export()
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("4 chunks failed"), "\(refused)")
    #expect(refused.stderr.contains("the target's hypertable has no compression"), "\(refused)")
    #expect(refused.stderr.contains("export again with --rows"), "\(refused)")
    #expect(try rig.target.tasks(where: "worked IS NOT NULL") == 4)
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE time < '2024-01-05Z'") == "0")
    try rig.target.execute(
      "ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'txt')")
    let others = try await rig.import(exits: 1)
    #expect(others.stderr.contains("compression settings differ"), "\(others)")
    try rig.target.execute("ALTER TABLE m SET (timescaledb.compress_segmentby = 'dev')")
    try await rig.import()
    #expect(try chunks(of: rig.target) == chunks(of: rig.source))
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test(
    "that constraints of the target were never asked about are refused", arguments: TestServer.communityEnds)
  func constraints(server: TestServer) async throws {
    let schema = ArchivedTable.schema(compressed: true)
    let rig = try ArchiveRig(
      try await Migration.on(
        server, setup: schema + ArchivedTable.rows + ArchivedTable.compression,
        targetSetup: schema.replacing("dev int NOT NULL", with: "dev int NOT NULL CHECK (dev < 100)")))
    try await rig.export()
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("4 chunks failed"), "\(refused)")
    #expect(refused.stderr.contains("the target has constraints that the source does not have"), "\(refused)")
  }

  @Test(
    "that another collation has sorted give their rows, which are compressed anew",
    .needs(MovedBatchesTests.withICU), arguments: MovedBatchesTests.withICU)
  func collation(server: TestServer) async throws {
    func table(_ collation: String) -> String {
      """
      CREATE TABLE m (time timestamptz NOT NULL, name text COLLATE "\(collation)", val float8);
      SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
      ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'name, time');
      """
    }
    func rows(_ count: Int) -> String {
      """
      INSERT INTO m SELECT '2024-01-01Z'::timestamptz + i * interval '1 minute', (ARRAY['a', 'B', 'c'])[1 + i % 3], i
      FROM generate_series(1, \(count)) AS i;
      """
    }
    let rig = try ArchiveRig(
      try await Migration.on(
        server,
        setup: table("C") + rows(300) + "SELECT compress_chunk(c) FROM show_chunks('m') AS c;" + rows(3),
        targetSetup: table("en-x-icu")))
    try await rig.export()
    #expect(try rig.files(".batches.zst").count == 1)
    try await rig.import()
    #expect(
      try rig.target.value(messages)?.contains("compressed anew on the target, as the databases sort") == true
    )
    for name in ["a", "B", "c"] {
      #expect(try rig.target.value("SELECT count(*) FROM m WHERE name = '\(name)'") == "101")
    }
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test(
    "with a flipped bit in any file are found, and nothing of them stays", arguments: TestServer.communityEnds
  )
  func flippedBits(server: TestServer) async throws {
    let rig = try await rig(on: server)
    try await rig.export()
    let files = try rig.files(".batches.zst") + rig.files(".copy.zst")
    let whole = try files.map(rig.bytes)
    for (number, file) in files.enumerated() {
      var damaged = whole[number]
      damaged[damaged.count * (number + 1) / (files.count + 2)] ^= 0x10
      try rig.put(damaged, to: file)
    }
    let failed = try await rig.import(exits: 1)
    #expect(failed.stderr.contains("8 chunks failed"), "\(failed)")
    #expect(failed.stderr.contains("damaged"), "\(failed)")
    #expect(try rig.target.value("SELECT count(*) FROM m") == "0")
    // Whole batches without the rows beside them aren't the chunk.
    for (number, file) in files.enumerated() where file.hasSuffix(".batches.zst") {
      try rig.put(whole[number], to: file)
    }
    let partial = try await rig.import(exits: 1)
    #expect(partial.stderr.contains("5 chunks failed"), "\(partial)")
    for (number, file) in files.enumerated() { try rig.put(whole[number], to: file) }
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
  }

  /// Values that hardly repeat, so that nothing is left for zstd to find in the batches; and an index by which they get
  /// bloom filters, which have no binary form: all of it travels as text then.
  private static let values = [
    "mixed": "random() * 100, (random() * 1000)::int, md5((random() * 500)::int::text)",
    "random": "random() * 100, (random() * 1e18)::bigint, md5(random()::text)",
  ]

  /// The manual page on archives says so.
  @Test(
    "take no more room than in the table that they were in", arguments: TestServer.communityEnds,
    ["mixed", "random"])
  func sizes(server: TestServer, values: String) async throws {
    let schema = """
      CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, n bigint, txt text);
      SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
      CREATE INDEX ON m (txt);
      ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
      """
    let rig = try ArchiveRig(
      try await Migration.on(
        server,
        setup: schema + """

          INSERT INTO m SELECT t, d, \(try #require(Self.values[values]))
          FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:59:57Z', '5 s') AS t, generate_series(1, 3) AS d;
          SELECT compress_chunk(c) FROM show_chunks('m') AS c;
          """, targetSetup: schema))
    try await rig.export()
    let files = try rig.files(".batches.zst")
    #expect(files.count == 2)
    let bytes = try files.reduce(0) { try $0 + rig.bytes(of: $1).count }
    // With TOAST, without indexes.
    let stored = try #require(
      try rig.source.value(
        "SELECT sum(after_compression_table_bytes + after_compression_toast_bytes) FROM chunk_compression_stats('m')"
      ).flatMap { Int($0) })
    print("\(values) batches take \(stored) bytes in their table, and \(bytes) in files on \(server)")
    #expect(stored > 500_000)
    #expect(bytes <= stored, "\(bytes) bytes of files, \(stored) in the table")
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
  }
}
