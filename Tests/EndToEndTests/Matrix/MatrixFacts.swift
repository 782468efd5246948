import TestServers

/// What one database holds of one case.
struct MatrixFacts {
  struct Chunk: Equatable {
    var table: String
    var slices: String
    var status: Int
    /// The number of compressed batches; nil when the chunk isn't compressed.
    var batches: String?
    /// The number of rows that aren't compressed.
    var rows: String?
  }

  var chunks: [Chunk] = []
  var answers: [(query: String, rows: [[String?]])] = []
  /// Rows of the invalidation log, each as text.
  var invalidations: [[String?]] = []
}

extension MatrixFacts {
  static let helper = """
    CREATE FUNCTION pg_temp.rows_in(relation text) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE n bigint;
    BEGIN
      IF relation IS NULL THEN RETURN NULL; END IF;
      EXECUTE 'SELECT count(*) FROM ONLY ' || relation INTO n;
      RETURN n;
    END $$
    """

  /// Slices, status, batches and rows of each chunk that begins before the migrated range ends. Whole catalog rows as jsonb read the same in every version: a
  /// column that isn't there is NULL.
  static func chunks(of table: MatrixTable, schema: String, isCommunity: Bool) -> String {
    """
    WITH hypertables AS (
      SELECT h.id FROM _timescaledb_catalog.hypertable AS h
      LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
      WHERE coalesce(a.user_view_schema, h.schema_name) = \(quotedLiteral(schema))
        AND coalesce(a.user_view_name, h.table_name) = \(quotedLiteral(table.name))
    ), chunks AS (
      SELECT coalesce(to_jsonb(c) ->> 'relid',
          format('%I.%I', to_jsonb(c) ->> 'schema_name', to_jsonb(c) ->> 'table_name')) AS chunk,
        c.status, to_jsonb(c) ->> 'compressed_chunk_id' AS compressed
      FROM _timescaledb_catalog.chunk AS c JOIN hypertables AS h ON h.id = c.hypertable_id
      WHERE to_jsonb(c) ->> 'dropped' IS DISTINCT FROM 'true'
    )
    SELECT s.slices::text, c.status, pg_temp.rows_in(coalesce(
        (SELECT to_jsonb(s) ->> 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
          WHERE s.relid = c.chunk::regclass),
        (SELECT format('%I.%I', to_jsonb(z) ->> 'schema_name', to_jsonb(z) ->> 'table_name')
          FROM _timescaledb_catalog.chunk AS z WHERE z.id::text = c.compressed))),
      pg_temp.rows_in(c.chunk)
    FROM chunks AS c CROSS JOIN LATERAL \(isCommunity ? allSlices : timeSlice(of: table)) AS s
    WHERE (s.slices -> '\(table.dimension)' ->> 0)::int8 < \(table.end)
    ORDER BY 1
    """
  }

  private static let allSlices = "_timescaledb_functions.show_chunk(c.chunk::regclass)"

  /// In the same form, but only time: the Apache edition lacks that function.
  private static func timeSlice(of table: MatrixTable) -> String {
    """
    (SELECT jsonb_build_object('\(table.dimension)', jsonb_build_array(
        coalesce(i.range_start_integer, _timescaledb_functions.to_unix_microseconds(i.range_start)),
        coalesce(i.range_end_integer, _timescaledb_functions.to_unix_microseconds(i.range_end)))) AS slices
      FROM timescaledb_information.chunks AS i
      WHERE format('%I.%I', i.chunk_schema, i.chunk_name)::regclass = c.chunk::regclass)
    """
  }

  /// Everything in the migrated range by checksum, and what reading in order, forwards, backwards and by
  /// segment, gives: orders that a planner takes from compressed chunks as they are.
  static func contents(of table: MatrixTable) -> [String] {
    let (name, time) = (quotedIdentifier(table.name), table.time)
    let rows = "SELECT \(time) AS t FROM \(name) WHERE \(table.range)"
    var queries = [
      // There is a min(uuid) only from PostgreSQL 18 on.
      "SELECT count(*), sum(hashtext(m::text)), min(\(time)::text), max(\(time)::text) FROM \(name) AS m WHERE \(table.range)",
      "SELECT md5(string_agg(t::text, ' ')) FROM (\(rows) ORDER BY t) AS q",
      "\(rows) ORDER BY t DESC LIMIT 25",
    ]
    if let segment = table.segment {
      queries += [
        "\(rows) AND \(segment) = 2 ORDER BY t LIMIT 25",
        "SELECT md5(string_agg(t::text, ' ')) FROM (\(rows) AND \(segment) = 2 ORDER BY t DESC) AS q",
        """
        SELECT count(*), sum(hashtext(m::text)) FROM \(name) AS m
        WHERE \(table.range) AND \(segment) IN (1, 3) AND txt > '7'
        """,
      ]
    }
    return queries
  }

  static func invalidations(schema: String) -> String {
    """
    SELECT coalesce(a.user_view_name, h.table_name), l.lowest_modified_value, l.greatest_modified_value
    FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log AS l
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = l.hypertable_id
    LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
    WHERE coalesce(a.user_view_schema, h.schema_name) = \(quotedLiteral(schema))
    ORDER BY 1, 2, 3
    """
  }
}
