public import Postgres

extension ChunkDescription {
  /// Slices as rows: column name, beginning and end.
  private static func rows(_ dimensions: [(column: Identifier, range: Dimension.Range)]) -> SQL {
    let rows = dimensions.map {
      "(\($0.column.name), \($0.range.lower)::int8, \($0.range.upper)::int8)" as SQL
    }
    return "VALUES \(rows.joined(separator: ", "))"
  }

  /// The chunk of a hypertable that has exactly these slices: schema and name, or no row.
  public static func search(
    hypertable: QualifiedName, dimensions: [(column: Identifier, range: Dimension.Range)],
    capabilities: Capabilities
  ) -> SQL {
    return """
      SELECT c.schema_name, c.table_name
      FROM (\(rows(dimensions))) AS w (column_name, range_start, range_end)
      JOIN _timescaledb_catalog.hypertable AS h
        ON h.schema_name = \(hypertable.schema.name) AND h.table_name = \(hypertable.name.name)
      JOIN _timescaledb_catalog.dimension AS d
        ON d.hypertable_id = h.id AND d.column_name = w.column_name
      JOIN (\(capabilities.slices)) AS s
        ON s.dimension_id = d.id AND s.range_start = w.range_start AND s.range_end = w.range_end
      JOIN (\(capabilities.chunks)) AS c ON c.id = s.chunk_id
      GROUP BY c.schema_name, c.table_name
      HAVING count(*) = \(dimensions.count)
      """
  }

  /// The chunks of a hypertable that now have a part of these slices, and the one that stands for what was tiered to
  /// object storage, whose slices don't tell what it holds: schema, name, and whether it is that one.
  public static func covering(
    hypertable: QualifiedName, dimensions: [(column: Identifier, range: Dimension.Range)],
    capabilities: Capabilities
  ) -> SQL {
    return """
      SELECT c.schema_name, c.table_name, c.osm_chunk
      FROM _timescaledb_catalog.hypertable AS h
      JOIN (\(capabilities.chunks)) AS c ON c.hypertable_id = h.id
      WHERE h.schema_name = \(hypertable.schema.name) AND h.table_name = \(hypertable.name.name)
        AND (c.osm_chunk OR (
          SELECT count(*)
          FROM (\(rows(dimensions))) AS w (column_name, range_start, range_end)
          JOIN _timescaledb_catalog.dimension AS d ON d.hypertable_id = h.id AND d.column_name = w.column_name
          JOIN (\(capabilities.slices)) AS s ON s.dimension_id = d.id
            AND s.range_start < w.range_end AND s.range_end > w.range_start
          WHERE s.chunk_id = c.id) = \(dimensions.count))
      ORDER BY c.osm_chunk, c.id LIMIT 1
      """
  }

  /// Makes a chunk with exactly these slices; its schema and name are the answer.
  public static func creation(
    hypertable: QualifiedName, dimensions: [(column: Identifier, range: Dimension.Range)]
  ) -> SQL {
    """
    \(tracksColumnRanges);
    SELECT schema_name, table_name
    FROM _timescaledb_functions.create_chunk(\(hypertable.description)::regclass, \(slices(dimensions)))
    """
  }

  /// Slices as create_chunk takes them.
  public static func slices(_ dimensions: [(column: Identifier, range: Dimension.Range)]) -> SQL {
    let parts = dimensions.map { column, range in
      "\(column.name), jsonb_build_array(\(range.lower)::int8, \(range.upper)::int8)" as SQL
    }
    return "jsonb_build_object(\(parts.joined(separator: ", ")))"
  }

  /// A chunk made while this setting (2.16 and later) is off has no column range, not even an endless one, and is then
  /// left out by every query whose session has it on (run on 2.22.1 and 2.28.3): chunk skipping is decided by the
  /// range that a chunk is known to have. For the transaction that makes chunks.
  public static let tracksColumnRanges: SQL = """
    SELECT set_config(name, 'on', true) FROM pg_settings WHERE name = 'timescaledb.enable_chunk_skipping'
    """

  /// Whether a chunk could not be made as another one is in its place: TimescaleDB's own TS503, and 42704 that 2.14
  /// gives for a chunk that it had dropped but remembers.
  public static func isCollision(_ error: PostgresError) -> Bool {
    ["TS503", "42704"].contains(error.sqlState)
  }
}
