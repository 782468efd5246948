import TestServers
import TestTraits
import Testing

/// From 2.20 to 2.23 bloom filters are of a hash function that is chosen when TimescaleDB is built: those of one build hide
/// rows from another (timescale/timescaledb#8761).
@Suite(
  "Bloom filters of another build",
  .needs(TestServer.withNamelessBloom)
)
struct BloomFilterTests {
  @Test("aren't copied: the chunk is compressed anew", arguments: TestServer.withNamelessBloom)
  func other(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.source)
    let target = migration.target
    let filters =
      "SELECT count(*) > 0 FROM pg_attribute WHERE atttypid = '_timescaledb_internal.bloom1'::regtype"
    try #require(try migration.source.value(filters) == "t")
    let original = try #require(
      try target.value("SELECT pg_get_functiondef('_timescaledb_functions.bloom1_contains'::regproc)"))
    // No other build is at hand; one of another hash function says otherwise to the same questions.
    try target.executeAsSuperuser(
      """
      CREATE OR REPLACE FUNCTION _timescaledb_functions.bloom1_contains(_timescaledb_internal.bloom1, anyelement)
      RETURNS bool LANGUAGE sql AS 'SELECT true'
      """)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    try target.executeAsSuperuser(original)
    #expect(try target.tasks(where: "copy_message LIKE '%bloom filters%'") == 2)
    try await migration.run("verify")
    try migration.expectSame("m")
    let lookup = "SELECT count(*) FROM m WHERE txt = (SELECT max(txt) FROM m)"
    #expect(try target.value(lookup) == "2")
    #expect(
      try target.value(
        "SELECT count(*) FROM show_chunks('m') AS c WHERE _timescaledb_functions.chunk_status(c) = 1") == "2")
  }

  private static let source = """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, txt text);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX ON m (txt);
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev',
      timescaledb.compress_orderby = 'time DESC');
    INSERT INTO m SELECT t, d, md5(t::text)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;
    SELECT compress_chunk(c) FROM show_chunks('m') AS c;
    """
}

extension TestServer {
  static let withNamelessBloom = Servers(.all, .community, .since(2, 20), .before(2, 24))
}
