import TestServers
import TestTraits
import Testing

/// A compressed chunk that this program made can't be told from one that `compress_chunk` made itself there.
@Suite(
  "Compressed chunks in the catalog",
  .needs(TestServer.community))
struct CompressedChunkTwinTests {
  @Test("are like those that compress_chunk makes", arguments: TestServer.community)
  func twins(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for sql in [Self.schema, Self.rows] { try migration.source.execute(Self.path("moved") + sql) }
    try migration.target.execute(Self.path("moved") + Self.schema)
    let backfill = BackfillProcess(
      source: migration.source.connectionString, target: try migration.target.grantPrivileges())
    for arguments in [["stage", "--until", "2024-02-01", "--filter", "^moved"], ["copy"], ["verify"]] {
      let outcome = try await backfill.run(arguments)
      try #require(outcome.exitCode == 0, "\(outcome)")
    }
    // The twin: the same from start to end on the target.
    for sql in [Self.schema, Self.rows] { try migration.target.execute(Self.path("native") + sql) }
    for table in ["plain", "by_two", "unset", "wide"] {
      for question in [Self.compressed, Self.uncompressed] {
        let moved = try migration.target.query(Self.functions + question("moved.\(table)"))
        let native = try migration.target.query(Self.functions + question("native.\(table)"))
        #expect(!native.isEmpty)
        #expect(moved.count == native.count)
        for (one, other) in zip(moved, native) {
          let (ours, theirs) = (Self.lines(of: one), Self.lines(of: other))
          #expect(ours.filter { !theirs.contains($0) } == [], "\(table), only ours")
          #expect(theirs.filter { !ours.contains($0) } == [], "\(table), only TimescaleDB's own")
        }
      }
    }
  }

  private static func lines(of row: [String?]) -> [String] {
    row.flatMap { ($0 ?? "NULL").split(separator: "\n").map(String.init) }
  }

  private static func path(_ schema: String) -> String {
    "CREATE SCHEMA IF NOT EXISTS \(schema); SET search_path = \(schema), public; SET TimeZone = 'UTC';"
  }

  private static let schema = """
    CREATE TABLE plain (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
    CREATE TABLE by_two (time timestamptz NOT NULL, dev int NOT NULL, val float8 CHECK (val < 1e9), txt text,
      PRIMARY KEY (dev, time));
    CREATE TABLE unset (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
    CREATE TABLE wide (time timestamptz NOT NULL, dev uuid, doc jsonb, list text[], flag bool, amount numeric(10, 2),
      name varchar(30) COLLATE "C", at date NOT NULL);
    SELECT create_hypertable(t, 'time', chunk_time_interval => interval '1 day')
    FROM unnest('{plain, by_two, unset, wide}'::regclass[]) AS t;
    CREATE INDEX ON plain (dev, time DESC);
    CREATE INDEX ON plain (txt);
    CREATE INDEX ON wide (amount);
    CREATE INDEX ON wide (name);
    ALTER TABLE plain SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev',
      timescaledb.compress_orderby = 'time DESC');
    ALTER TABLE by_two SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev, txt',
      timescaledb.compress_orderby = 'val DESC NULLS LAST, time');
    ALTER TABLE unset SET (timescaledb.compress);
    ALTER TABLE wide SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev',
      timescaledb.compress_orderby = 'time, amount DESC');
    """

  private static let rows = """
    INSERT INTO plain SELECT t, d, d, md5(t::text) FROM \(series);
    INSERT INTO by_two SELECT t, d, d, d::text FROM \(series);
    INSERT INTO unset SELECT t, d, d, d::text FROM \(series);
    INSERT INTO wide SELECT t, md5(d::text)::uuid, jsonb_build_object('d', d), ARRAY[t::text], d = 1, d, 'n' || d, t
    FROM \(series);
    SELECT compress_chunk(c)
    FROM unnest('{plain, by_two, unset, wide}'::regclass[]) AS t, LATERAL show_chunks(t) AS c;
    """

  private static let series = """
    generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '30 min') AS t, generate_series(1, 2) AS d
    """

  private static func compressed(_ table: String) -> String {
    "SELECT pg_temp.portrait(pg_temp.compressed(c)), pg_temp.settings(c), pg_temp.sizes(c) FROM \(chunks(table))"
  }

  /// In the order of time: this program makes the newest first.
  private static func chunks(_ table: String) -> String {
    "show_chunks('\(table)') AS c ORDER BY (_timescaledb_functions.show_chunk(c)).slices::text"
  }

  private static func uncompressed(_ table: String) -> String {
    "SELECT pg_temp.portrait(c), _timescaledb_functions.chunk_status(c) FROM \(chunks(table))"
  }

  /// Everything that the catalog says of a relation, without names' numbers and without OIDs. Numbers in column options
  /// are left out too: some builds of PostgreSQL 15 put a `pg_attver=` there that is another for every relation.
  private static let functions = """
    CREATE FUNCTION pg_temp.compressed(chunk regclass) RETURNS regclass LANGUAGE sql AS $$
      SELECT coalesce(
        (SELECT to_jsonb(s) ->> 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
          WHERE s.relid = chunk),
        (SELECT format('%I.%I', to_jsonb(z) ->> 'schema_name', to_jsonb(z) ->> 'table_name')
          FROM _timescaledb_catalog.chunk AS c JOIN _timescaledb_catalog.chunk AS z
            ON z.id::text = to_jsonb(c) ->> 'compressed_chunk_id'
          WHERE format('%I.%I', to_jsonb(c) ->> 'schema_name', to_jsonb(c) ->> 'table_name')::regclass = chunk)
      )::regclass
    $$;
    CREATE FUNCTION pg_temp.settings(chunk regclass) RETURNS text LANGUAGE sql AS $$
      SELECT to_jsonb(s) - 'relid' - 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
      WHERE s.relid IN (chunk, pg_temp.compressed(chunk))
    $$;
    CREATE FUNCTION pg_temp.sizes(chunk regclass) RETURNS text LANGUAGE sql AS $$
      SELECT to_jsonb(s) - 'chunk_id' - 'compressed_chunk_id'
      FROM _timescaledb_catalog.compression_chunk_size AS s JOIN _timescaledb_catalog.chunk AS c ON c.id = s.chunk_id
      WHERE coalesce(to_jsonb(c) ->> 'relid',
        format('%I.%I', to_jsonb(c) ->> 'schema_name', to_jsonb(c) ->> 'table_name'))::regclass = chunk
    $$;
    CREATE FUNCTION pg_temp.unnumbered(name text) RETURNS text LANGUAGE sql AS $$
      SELECT regexp_replace(regexp_replace(name, '(moved|native)[.]', '', 'g'), '[0-9]+', '#', 'g')
    $$;
    CREATE FUNCTION pg_temp.portrait(r regclass) RETURNS text LANGUAGE sql AS $$
      SELECT string_agg(format('%s %s', key, part), E'\\n') FROM jsonb_each(jsonb_build_object(
        'relation', (SELECT jsonb_build_array(pg_temp.unnumbered(relname), relnamespace::regnamespace, relkind,
            relpersistence, reloptions, relam, relhasindex, relhastriggers, relreplident, relacl, relowner::regrole,
            reltoastrelid <> 0, (SELECT t.reloptions FROM pg_class AS t WHERE t.oid = c.reltoastrelid))
          FROM pg_class AS c WHERE c.oid = r),
        'columns', (SELECT jsonb_agg(jsonb_build_array(a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
            a.attstorage, coalesce(a.attstattarget, -1), a.attcompression, a.attnotnull, pg_temp.unnumbered(a.attoptions::text),
            a.atthasdef, a.attislocal, a.attinhcount, a.attcollation::regcollation, a.attisdropped) ORDER BY a.attnum)
          FROM pg_attribute AS a WHERE a.attrelid = r AND a.attnum > 0),
        'indexes', (SELECT jsonb_agg(d ORDER BY d) FROM (
          SELECT substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*') || i.indisunique || i.indisclustered
            || i.indisvalid || i.indisprimary AS d
          FROM pg_index AS i WHERE i.indrelid = r) AS i),
        'constraints', (SELECT jsonb_agg(d ORDER BY d) FROM (
          SELECT pg_temp.unnumbered(c.conname) || ' ' || pg_get_constraintdef(c.oid) || c.conislocal || c.coninhcount AS d
          FROM pg_constraint AS c WHERE c.conrelid = r) AS c),
        'triggers', (SELECT jsonb_agg(t.tgname ORDER BY t.tgname) FROM pg_trigger AS t WHERE t.tgrelid = r),
        'parents', jsonb_build_array((SELECT count(*) FROM pg_inherits AS i WHERE i.inhrelid = r)))) AS f (key, parts),
        jsonb_array_elements(CASE jsonb_typeof(parts) WHEN 'array' THEN parts ELSE '[]' END) AS part
    $$;
    """
}
