import TestServers
import Testing

@Suite("What tasks are expected to read", .needsServer) struct ExpectedSizeTests {
  /// Chunks of some megabytes: analyzed and not, with TOAST, and without a row; those of the third day are cut.
  private static let setup = """
    CREATE TABLE plain (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('plain', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO plain SELECT t, d, extract(epoch FROM t) / d
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:59Z', '20 seconds') AS t, generate_series(1, 10) AS d;
    CREATE TABLE uneven (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('uneven', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO uneven SELECT t, d, extract(epoch FROM t) / d
      FROM generate_series('2024-01-03Z'::timestamptz, '2024-01-03 08:00Z', '10 seconds') AS t, generate_series(1, 20) AS d
      ORDER BY t;
    ANALYZE uneven;
    CREATE TABLE never (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('never', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO never SELECT * FROM plain;
    CREATE TABLE fat (time timestamptz NOT NULL, note text);
    ALTER TABLE fat ALTER note SET STORAGE EXTERNAL;
    SELECT create_hypertable('fat', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO fat SELECT t, repeat(md5(t::text), 300)
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:59Z', '5 minutes') AS t;
    ANALYZE plain, fat;
    CREATE TABLE bare (time timestamptz NOT NULL);
    SELECT create_hypertable('bare', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO bare VALUES ('2024-01-01Z');
    DELETE FROM bare;
    """
  private static let until = "2024-01-03T06:00:00Z"

  /// Compares what the queue expects of each chunk with what is in it: bytes with its files times the part of its rows
  /// before the completion point.
  private func expectNearTruth(_ migration: Migration, chunks: Int) throws {
    let tasks = try migration.target.query(
      """
      SELECT hypertable_name, chunk_schema, chunk_name, sum(expected_bytes), sum(expected_rows)
      FROM __backfill.task GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    #expect(tasks.count == chunks)
    for task in tasks {
      let hypertable = try #require(task[0])
      let chunk = "\(try #require(task[1])).\(try #require(task[2]))"
      let truth = try #require(
        try migration.source.query(
          """
          SELECT s.table_bytes + s.toast_bytes, count(r.time), count(r.time) FILTER (WHERE time < '\(Self.until)')
          FROM chunks_detailed_size('\(hypertable)') AS s LEFT JOIN \(chunk) AS r ON true
          WHERE s.chunk_schema = '\(task[1] ?? "")' AND s.chunk_name = '\(task[2] ?? "")'
          GROUP BY s.table_bytes, s.toast_bytes
          """
        ).first)
      let numbers = try truth.map { Double(try #require($0)) ?? -1 }
      let bytes = try #require(task[3].flatMap(Double.init))
      let rows = try #require(task[4].flatMap(Double.init))
      let share = numbers[1] > 0 ? numbers[2] / numbers[1] : 1
      #expect(abs(bytes - numbers[0] * share) <= numbers[0] * 0.1 + 65536, "\(task): \(numbers)")
      #expect(abs(rows - numbers[2]) <= numbers[1] * 0.1 + 10, "\(task): \(numbers)")
    }
  }

  @Test("is near what there is", arguments: TestServer.all)
  func plain(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.source.execute("VACUUM bare")
    let outcome = try await migration.run("stage", "--until", Self.until, "--split-size", "1MB")
    #expect(outcome.stdout.contains("Staged 9 chunks"), "\(outcome)")
    // Only a chunk that has a counterpart is cut, and each part has about as many rows as the next.
    if try migration.target.tasks(where: "target_chunk_name IS NOT NULL") > 0 {
      let parts = try migration.target.query(
        """
        SELECT min(expected_rows)::float8 / max(expected_rows) > 0.8, count(*) > 2
        FROM __backfill.task WHERE part IS NOT NULL AND hypertable_name = 'uneven'
        """)
      #expect(parts == [["t", "t"]])
    }
    try expectNearTruth(migration, chunks: 9)
  }

  @Test("is near what there is in compressed chunks", .needsCommunity, arguments: TestServer.community)
  func compressed(server: TestServer) async throws {
    let setup = """
      CREATE TABLE packed (time timestamptz NOT NULL, device int, note text, value float8);
      SELECT create_hypertable('packed', 'time', chunk_time_interval => interval '1 day');
      ALTER TABLE packed SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
      INSERT INTO packed SELECT t, d, md5(t::text || d), d FROM generate_series(
        '2024-01-01Z'::timestamptz, '2024-01-03 23:59Z', '20 seconds') AS t, generate_series(1, 10) AS d;
      SELECT compress_chunk(c) FROM show_chunks('packed') AS c;
      INSERT INTO packed VALUES ('2024-01-02 12:00:01Z', 1, 'late', 1);
      """
    let migration = try await Migration.on(server, setup: setup)
    let outcome = try await migration.run("stage", "--until", Self.until)
    #expect(outcome.stdout.contains("Staged 3 chunks"), "\(outcome)")
    // Most of it is TOAST.
    #expect(try migration.target.tasks(where: "expected_bytes > 1000000") == 2)
    try expectNearTruth(migration, chunks: 3)
  }
}
