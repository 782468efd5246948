import TestServers
import Testing

@Suite("A target that merges chunks when it compresses them", .needsCommunity)
struct MergedWhileCompressingTests {
  @Test(
    "gets every row, and the aggregate's trigger isn't missed where the chunk is gone",
    arguments: TestServer.community)
  func merged(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE merged (time timestamptz NOT NULL, device int, value int);
        SELECT create_hypertable('merged', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE merged SET (timescaledb.compress, timescaledb.compress_segmentby = 'device',
          timescaledb.compress_orderby = 'time');
        CREATE MATERIALIZED VIEW merged_daily WITH (timescaledb.continuous) AS
          SELECT time_bucket('1 day', time) AS day, count(*) FROM merged GROUP BY 1 WITH NO DATA;
        INSERT INTO merged SELECT t, d, 1
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:00Z', '1 hour') AS t, generate_series(1, 9) AS d;
        SELECT compress_chunk(c) FROM show_chunks('merged') AS c;
        """)
    try await migration.run("stage", "--until", "2024-02-01", "--filter", "^public\\.merged$")
    try migration.target.execute(
      """
      SELECT decompress_chunk(c) FROM show_chunks('merged', newer_than => '2024-01-01 12:00Z'::timestamptz) AS c;
      ALTER TABLE merged SET (timescaledb.compress_chunk_time_interval = '7 days');
      """)
    try await migration.run("copy", "-p1")
    try migration.expectSame("merged")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
    // The chunk that is left logs what is written to it.
    #expect(
      try migration.target.value(
        """
        SELECT count(*) FROM show_chunks('merged') AS c WHERE (SELECT count(*) FROM pg_trigger
          WHERE tgrelid = c AND tgname = 'ts_cagg_invalidation_trigger')
          <> (SELECT count(*) FROM pg_trigger
            WHERE tgrelid = 'merged'::regclass AND tgname = 'ts_cagg_invalidation_trigger')
        """) == "0")
  }
}
