import TestServers

/// How the chunks of both sides are stored. Chunks are told by hypertable and range, as names may differ.
enum ChunkForms {
  /// - Parameters:
  ///   - exactly: the source's chunks have the form in which they were copied.
  ///   - anew: hypertables whose chunks the target compressed itself.
  /// - Throws: `ChaosFailure` where the target's hides rows, or isn't the source's.
  static func expectSame(
    _ source: TestDatabase, _ target: TestDatabase, exactly: Bool, but anew: [String] = []
  ) throws {
    let sides = try [source, target].map { database in
      let session = try database.session()
      try session.execute(helper)
      return session
    }
    for session in sides {
      let hiding = try session.query("SELECT * FROM (\(forms)) AS f WHERE status = 1 AND loose > 0")
      guard hiding.isEmpty else { throw ChaosFailure("chunks hide rows that aren't compressed: \(hiding)") }
    }
    guard exactly else { return }
    // The last chunks hold live rows besides what was copied.
    let others = (anew + ["retained"]).map(quotedLiteral).joined(separator: ", ")
    let copied =
      "SELECT * FROM (\(forms)) AS f WHERE range_end <= \(quotedLiteral(Ground.until)) AND hypertable NOT IN (\(others))"
    let (there, here) = (try sides[0].query(copied), try sides[1].query(copied))
    guard there == here, there.count > 20 else {
      let difference = Set(there).symmetricDifference(here).map {
        $0.map { $0 ?? "NULL" }.joined(separator: " ")
      }
      throw ChaosFailure(
        "\(there.count) and \(here.count) chunks, stored otherwise:\n\(difference.sorted().joined(separator: "\n"))"
      )
    }
  }

  private static let helper = """
    CREATE FUNCTION pg_temp.told(question text, relation regclass) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE n bigint;
    BEGIN
      IF relation IS NULL THEN RETURN NULL; END IF;
      EXECUTE format(question, relation) INTO n;
      RETURN n;
    END $$
    """

  /// Status, rows beside the batches, batches, rows in them, and what the compressed relation is like. Catalog rows as
  /// jsonb read the same in every version: a column that isn't there is NULL.
  private static let forms = """
    SELECT i.hypertable, i.range_start::text, i.range_end, c.status,
      pg_temp.told('SELECT count(*) FROM ONLY %s', i.chunk) AS loose,
      pg_temp.told('SELECT count(*) FROM %s', z.packed) AS batches,
      pg_temp.told('SELECT sum(_ts_meta_count) FROM %s', z.packed) AS packed_rows,
      p.reloptions::text, p.relacl::text,
      (SELECT string_agg(regexp_replace(pg_get_indexdef(x.indexrelid), '^.* USING ', ''), '; ' ORDER BY 1)
        FROM pg_index AS x WHERE x.indrelid = p.oid) AS packed_indexes
    FROM (SELECT hypertable_name::text AS hypertable, range_start, range_end,
        format('%I.%I', chunk_schema, chunk_name)::regclass AS chunk
      FROM timescaledb_information.chunks WHERE range_start IS NOT NULL) AS i
    JOIN _timescaledb_catalog.chunk AS c ON coalesce(to_jsonb(c) ->> 'relid',
      format('%I.%I', to_jsonb(c) ->> 'schema_name', to_jsonb(c) ->> 'table_name'))::regclass = i.chunk
    LEFT JOIN LATERAL (SELECT coalesce(
      (SELECT to_jsonb(s) ->> 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
        WHERE s.relid = i.chunk),
      (SELECT format('%I.%I', to_jsonb(o) ->> 'schema_name', to_jsonb(o) ->> 'table_name')
        FROM _timescaledb_catalog.chunk AS o WHERE o.id::text = to_jsonb(c) ->> 'compressed_chunk_id'))::regclass AS packed
    ) AS z ON true
    LEFT JOIN pg_class AS p ON p.oid = z.packed
    ORDER BY 1, 2
    """
}
