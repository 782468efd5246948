import TestServers
import Testing

/// What is left behind by loading with indexes rebuilt, rows frozen and parts side by side, against an ordinary load of
/// the same rows.
@Suite("After a fast copy", .needsServer) struct FastCopyTests {
  private static let schema = """
    CREATE TABLE fast (time timestamptz NOT NULL, device int NOT NULL, note text, amount numeric,
      PRIMARY KEY (device, time), CHECK (device > 0));
    SELECT create_hypertable('fast', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX fast_note ON fast (lower(note) text_pattern_ops) WITH (fillfactor = 70);
    CREATE UNIQUE INDEX fast_once ON fast (time, device, amount) INCLUDE (note);
    CREATE INDEX fast_some ON fast USING hash (note) WHERE device > 3;
    CREATE INDEX fast_brin ON fast USING brin (amount);
    CREATE INDEX fast_told ON fast (amount);
    CREATE STATISTICS fast_statistics ON device, amount FROM fast;
    """

  /// 5 MB in a chunk.
  private static let rows = """
    INSERT INTO fast SELECT t, d, repeat(md5(t::text || d), 24), d + 0.5
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:59:50Z', '200 seconds') AS t,
      generate_series(1, 12) AS d ORDER BY t;
    """

  /// What a person may have done to the first chunk.
  private static let touches = """
    DO $$
    DECLARE chunk regclass := (SELECT min(c::text)::regclass FROM show_chunks('fast') AS c);
    BEGIN
      -- The strongest lock first: an autovacuum of the chunk would deadlock with one that is upgraded.
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', chunk);
      EXECUTE format('GRANT SELECT ON %s TO pg_monitor', chunk);
      EXECUTE format('ALTER TABLE %s ALTER COLUMN note SET STATISTICS 7', chunk);
      EXECUTE format('ALTER TABLE %s ALTER COLUMN note SET STORAGE EXTERNAL', chunk);
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false, fillfactor = 90)', chunk);
      EXECUTE format('COMMENT ON TABLE %s IS ''mine''', chunk);
      EXECUTE (SELECT format('COMMENT ON INDEX %s IS ''told''', x.indexrelid::regclass) FROM pg_index AS x
        WHERE x.indrelid = chunk AND x.indexrelid::regclass::text LIKE '%fast_told');
      EXECUTE (SELECT format('ALTER TABLE %s CLUSTER ON %I', chunk, c.relname) FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indexrelid
        WHERE x.indrelid = chunk AND c.relname LIKE '%fast_time_idx');
    END $$;
    """

  /// All that the catalog says of each chunk, its name left out. From PostgreSQL 16 on, a COPY beside others makes a table
  /// longer by up to 64 pages at once; those that stay empty never count as visible to all.
  private static let question = """
    WITH chunks AS (
      SELECT format('%I.%I', chunk_schema, chunk_name)::regclass AS chunk, chunk_name, range_start
      FROM timescaledb_information.chunks WHERE hypertable_name = 'fast')
    SELECT c.range_start, f.kind, replace(f.text, c.chunk_name, 'chunk')
    FROM chunks AS c CROSS JOIN LATERAL (
      SELECT 'index', concat_ws(' ', pg_get_indexdef(x.indexrelid), x.indisvalid, x.indisready, x.indislive,
        x.indisclustered, x.indisreplident, x.indisprimary, i.reltablespace, i.reloptions,
        obj_description(i.oid, 'pg_class'), pg_get_userbyid(i.relowner))
      FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid WHERE x.indrelid = c.chunk
      UNION ALL
      SELECT 'constraint', concat_ws(' ', regexp_replace(conname, '^([0-9]+_)+', ''), pg_get_constraintdef(oid), convalidated)
      FROM pg_constraint WHERE conrelid = c.chunk
      UNION ALL
      SELECT 'column', concat_ws(' ', attname, attstattarget, attstorage, attnotnull, attislocal, attacl)
      FROM pg_attribute WHERE attrelid = c.chunk AND attnum > 0
      UNION ALL
      SELECT 'table', concat_ws(' ', relacl, reloptions, relreplident, reltablespace, relrowsecurity, relhasindex,
        obj_description(oid, 'pg_class'), pg_get_userbyid(relowner))
      FROM pg_class WHERE oid = c.chunk
      UNION ALL
      SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = c.chunk
      UNION ALL
      SELECT 'statistics', concat_ws(' ', attname, null_frac, n_distinct < 0 OR n_distinct > 15)
      FROM pg_stats WHERE format('%I.%I', schemaname, tablename)::regclass = c.chunk
      UNION ALL
      SELECT 'visibility', concat_ws(' ', relallvisible > 0.7 * relpages, relpages > 0, reltuples) FROM pg_class
      WHERE oid = c.chunk
    ) AS f (kind, text)
    ORDER BY 1, 2, 3
    """

  @Test(
    "indexes, constraints, privileges, statistics and visibility are those of an ordinary load and VACUUM",
    arguments: TestServer.all, ["0", "2MB"])
  func same(server: TestServer, splitSize: String) async throws {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows)
    try migration.source.execute("ANALYZE fast")
    try migration.target.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    try await migration.run("stage", "-u", "2025-01-01", "--split-size", splitSize)
    // Chunks that stage didn't make come by the copy, where the edition can't make them.
    let isThere = try migration.target.value("SELECT count(*) FROM show_chunks('fast')") == "2"
    if isThere { try migration.target.execute(Self.touches) }
    let built = "SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relname LIKE '%fast_note'"
    let before = try migration.target.value(built)
    try await migration.copyAndVerify()
    // So that it is the fast way that is looked at.
    let rebuilds = isThere && server.putsIndexesOff
    #expect(try (migration.target.value(built) != before) == (rebuilds || !isThere))

    let ordinary = try await server.makeDatabase(setup: Self.schema)
    try ordinary.execute(Self.rows)
    if isThere { try ordinary.execute(Self.touches) }
    for database in [migration.target, ordinary] { try await vacuum(database) }
    let (fast, slow) = (try migration.target.query(Self.question), try ordinary.query(Self.question))
    try #require(slow.count >= 40)
    #expect(Set(fast).symmetricDifference(slow).isEmpty)
    #expect(fast.count == slow.count)
    try await expectIntactIndexes(migration.target)
    try migration.expectSame("fast")
  }

  /// Again if need be: an autovacuum's ANALYZE that is under way keeps rows from counting as visible to all.
  private func vacuum(_ database: TestDatabase) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    var unfinished: String? = nil
    repeat {
      try #require(
        ContinuousClock.now < deadline, "\(unfinished ?? "no") chunks can't be made visible to all")
      try await database.wait(
        until: "NOT EXISTS (SELECT FROM pg_stat_progress_analyze WHERE datname = current_database())")
      try database.execute("VACUUM (ANALYZE) fast")
      unfinished = try database.value(
        """
        SELECT count(*) FROM pg_class
        WHERE oid IN (SELECT show_chunks('fast')) AND relallvisible <= 0.7 * relpages
        """)
    } while unfinished != "0"
  }

  /// Every row is in every B-tree.
  private func expectIntactIndexes(_ database: TestDatabase) async throws {
    try database.executeAsSuperuser(
      """
      CREATE EXTENSION amcheck;
      SELECT bt_index_check(x.indexrelid, true)
      FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS m ON m.oid = i.relam
      WHERE m.amname = 'btree' AND x.indrelid IN (SELECT show_chunks('fast'));
      """)
  }
}
