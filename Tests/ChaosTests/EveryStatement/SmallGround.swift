import TestServers

/// A queue that is worked through in a second, with a chunk of every kind that the edition has.
enum SmallGround {
  static let until = "2024-01-02T18:00:00Z"
  /// Chunks of `parted` have twice as much.
  static let splitSize = "100kB"

  static func tables(_ server: TestServer) -> [String] {
    ["plain", "parted", "shifted"] + (server.isCommunity ? ["packed", "partly", "hourly"] : [])
  }

  static func time(of table: String) -> String { table == "hourly" ? "bucket" : "time" }

  static func schema(_ server: TestServer) -> String {
    hypertable("plain") + "CREATE INDEX ON plain (device);" + hypertable("parted") + hypertable("shifted")
      + (server.isCommunity ? community : "")
  }

  private static let community =
    hypertable("packed") + compression("packed") + hypertable("partly") + compression("partly") + """
      CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
        SELECT time_bucket('1 hour', time) AS bucket, device, sum(value) AS value FROM plain GROUP BY 1, 2 WITH NO DATA;
      """

  private static func hypertable(_ name: String) -> String {
    """
    CREATE TABLE \(name) (time timestamptz NOT NULL, device int, value float8, note text);
    SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 day');
    """
  }

  private static func compression(_ name: String) -> String {
    "ALTER TABLE \(name) SET (timescaledb.compress, timescaledb.compress_segmentby = 'device', timescaledb.compress_orderby = 'time');"
  }

  /// Beyond `until` too.
  static func rows(_ server: TestServer) -> String {
    tables(server).filter { $0 != "hourly" }.map { table in
      """
      INSERT INTO \(table) SELECT t, d, extract(epoch FROM t) / d, repeat(md5(t::text), \(table == "parted" ? 8 : 1))
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '\(table == "parted" ? "5 min" : "20 min")') AS t,
        generate_series(1, 2) AS d ORDER BY t;
      """
    }.joined() + "ANALYZE parted;"
      + (server.isCommunity
        ? """
        SELECT compress_chunk(c) FROM show_chunks('packed') AS c;
        SELECT compress_chunk(c) FROM show_chunks('partly') AS c;
        INSERT INTO partly SELECT t + interval '1 s', 7, 7, 'late'
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:00Z', '3 hours') AS t;
        """ : "")
  }

  static let refresh = "CALL refresh_continuous_aggregate('hourly', NULL, '2024-01-02 18:00Z')"

  /// Rows of both databases' applications, from the completion point on; those of `shifted` are in a chunk that overlaps
  /// the source's with other bounds.
  static let live = """
    SELECT set_chunk_time_interval('shifted', interval '40 hours');
    INSERT INTO shifted SELECT t, 99, 1, 'live' FROM generate_series('2024-01-02 18:00Z'::timestamptz, '2024-01-02 20:00Z', '1 hour') AS t;
    INSERT INTO plain SELECT t, 99, 1, 'live' FROM generate_series('2024-01-02 18:00Z'::timestamptz, '2024-01-02 20:00Z', '1 hour') AS t;
    """

  /// What copying may take away for a while, and has to give back. Chunks are told by their hypertable's number alone, as
  /// a try that was undone uses up numbers of chunks.
  static let structure = """
    SELECT regexp_replace(line, '_hyper_([0-9]+)_[0-9]+_chunk', '_hyper_\\1_chunk', 'g') FROM (
    SELECT format('%s index %s', x.indrelid::regclass, regexp_replace(pg_get_indexdef(x.indexrelid), ' INDEX \\S+ ', ' ')
        || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END) AS line
    FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = '_timescaledb_internal'
    UNION ALL
    SELECT format('%s trigger %s', tgrelid::regclass, tgname) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = '_timescaledb_internal'
    UNION ALL
    SELECT format('%I.%I status %s', chunk_schema, chunk_name,
      _timescaledb_functions.chunk_status(format('%I.%I', chunk_schema, chunk_name)::regclass))
    FROM timescaledb_information.chunks) AS found
    ORDER BY 1
    """
}
