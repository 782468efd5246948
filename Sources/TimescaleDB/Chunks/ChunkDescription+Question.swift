public import Postgres

extension ChunkDescription {
  /// The question for one chunk; no row when there is no such chunk. A session needs `preparation` first.
  public static func question(_ name: QualifiedName) -> PreparedStatement.Execution {
    prepared.execution(["\(name.schema.name)", "\(name.name.name)"])
  }

  public static func preparation(_ capabilities: Capabilities) -> SQL {
    prepared.preparation(body(capabilities))
  }

  private static let prepared = PreparedStatement("backfill_chunk", types: "name, name")

  private static func body(_ capabilities: Capabilities) -> SQL {
    """
    SELECT c.status, c.osm_chunk, h.schema_name, h.table_name,
      d.*, k.*, hk.hypertable_columns, hk.hypertable_numbers, t.*,
      coalesce((SELECT am.amname FROM pg_class AS r JOIN pg_am AS am ON am.oid = r.relam WHERE r.oid = c.relid), '')
        AS access_method,
      pg_relation_size(c.relid) AS size,
      coalesce(pg_table_size(c.relid), 0) + coalesce(pg_table_size(zr.oid), 0) AS stored_size,
      CASE WHEN t.has_key_triggers THEN EXISTS (
        SELECT FROM pg_constraint AS f WHERE f.contype = 'f' AND f.confrelid IN (hr.oid, c.relid)) ELSE false END
        AS is_referenced,
      \(columnRanges(capabilities)) AS column_ranges,
      c.compressed_schema, c.compressed_name, s.settings, c.id,
      \(CompressionSizes.question(chunk: "c.id")) AS sizes,
      c.row_version::text,
      EXISTS (SELECT FROM pg_class AS r WHERE r.oid IN (c.relid, zr.oid) AND r.relpersistence = 'u') AS is_unlogged,
      CASE WHEN c.compressed_name IS NOT NULL THEN ARRAY(\(enforced)) ELSE '{}' END AS enforced
    FROM (\(capabilities.chunks)) AS c
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = c.hypertable_id
    JOIN pg_namespace AS hn ON hn.nspname = h.schema_name
    JOIN pg_class AS hr ON hr.relnamespace = hn.oid AND hr.relname = h.table_name
    CROSS JOIN LATERAL (
      SELECT \(Dimension.arrays),
        array_agg(s.range_start ORDER BY d.id) AS starts, array_agg(s.range_end ORDER BY d.id) AS ends
      FROM (\(capabilities.slices)) AS s JOIN _timescaledb_catalog.dimension AS d ON d.id = s.dimension_id
      WHERE s.chunk_id = c.id
    ) AS d
    CROSS JOIN LATERAL (
      SELECT array_agg(a.attname) AS hypertable_columns, array_agg(a.attnum::int8) AS hypertable_numbers
      FROM pg_attribute AS a WHERE a.attrelid = hr.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS hk
    CROSS JOIN LATERAL (\(triggers)) AS t
    LEFT JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
    LEFT JOIN pg_class AS zr ON zr.relnamespace = zn.oid AND zr.relname = c.compressed_name
    LEFT JOIN LATERAL (
      SELECT concat_ws(' ', coalesce(s.segmentby, '{}'), s.orderby, s.orderby_desc, s.orderby_nullsfirst) AS settings
      FROM _timescaledb_catalog.compression_settings AS s
      WHERE s.relid = \(capabilities.settingsRelation(chunk: "c.relid", compressed: "zr.oid"))
    ) AS s ON true
    CROSS JOIN LATERAL (\(Column.arrays(of: "c.relid", and: "zr.oid"))) AS k
    WHERE c.schema_name = $1 AND c.table_name = $2 AND c.relid IS NOT NULL
    """
  }

  /// Primary keys are told by their indexes. A definition names its objects in full, as nothing but pg_catalog is on the
  /// search path.
  private static let enforced: SQL = """
    SELECT pg_get_constraintdef(f.oid) FROM pg_constraint AS f WHERE f.conrelid = hr.oid AND f.contype IN ('c', 'f', 'x')
    UNION ALL
    SELECT 'UNIQUE ' || substr(u.definition, strpos(u.definition, ' USING '))
    FROM pg_index AS x CROSS JOIN LATERAL pg_get_indexdef(x.indexrelid) AS u (definition)
    WHERE x.indrelid = hr.oid AND x.indisunique
    UNION ALL
    SELECT format('%I %s %s', a.attname, CASE WHEN a.attnotnull THEN 'NOT NULL' END,
      CASE WHEN a.attgenerated <> '' THEN (
        SELECT pg_get_expr(g.adbin, g.adrelid) FROM pg_attrdef AS g WHERE g.adrelid = hr.oid AND g.adnum = a.attnum) END)
    FROM pg_attribute AS a
    WHERE a.attrelid = hr.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attnotnull OR a.attgenerated <> '')
    """

  /// An aggregate and not EXISTS, for which the server may read the whole of pg_trigger. A key that refers to the chunk
  /// has a trigger there, without which it does nothing; so pg_constraint, which has no index for the question, is only
  /// read through where there is one.
  private static let triggers: SQL = """
    SELECT coalesce(bool_or(t.tgname = \(Invalidation.trigger.name)), false) AS has_invalidation_trigger,
      coalesce(bool_or(t.tgname <> \(Invalidation.trigger.name)), false) AS has_other_triggers,
      coalesce(bool_or(t.tgconstraint <> 0), false) AS has_key_triggers
    FROM pg_trigger AS t WHERE t.tgrelid = c.relid
    """

  private static func columnRanges(_ capabilities: Capabilities) -> SQL {
    guard capabilities.hasColumnRanges else { return "''" }
    return """
      coalesce((SELECT string_agg(concat_ws(' ', s.column_name, s.range_start, s.range_end), ', ' ORDER BY s.column_name)
        FROM _timescaledb_catalog.chunk_column_stats AS s WHERE s.chunk_id = c.id AND s.valid), '')
      """
  }

  /// Reads the answer to `question`.
  public init(_ row: Row, name: QualifiedName) throws(PostgresError) {
    let starts = try row.integers("starts")
    let ends = try row.integers("ends")
    let columns = try Column.both(in: row)
    self.init(
      id: try row.integer("id"), name: name, status: ChunkStatus(rawValue: try row.integer("status")),
      isTiered: try row.flag("osm_chunk"),
      hypertable: try row.name("schema_name", "table_name"),
      dimensions: try Dimension.all(in: row),
      slices: zip(starts, ends).map { Dimension.Range(lower: $0, upper: $1) },
      columns: columns.first,
      hypertableNumbers: Dictionary(
        zip(try row.texts("hypertable_columns").map(Identifier.init), try row.integers("hypertable_numbers")),
        uniquingKeysWith: { first, _ in first }),
      hasInvalidationTrigger: try row.flag("has_invalidation_trigger"),
      hasOtherTriggers: try row.flag("has_other_triggers"), size: try row.integer("size"),
      storedSize: try row.integer("stored_size"),
      isReferenced: try row.flag("is_referenced"), columnRanges: try row.text("column_ranges"),
      accessMethod: try row.text("access_method"),
      compressed: try CompressedRelation(row, columns: columns.second),
      rowVersion: try row.text("row_version"), isUnlogged: try row.flag("is_unlogged"),
      enforced: Set(try row.texts("enforced")))
  }

  /// Whether the catalog's row of the chunk is still the one that was described, hence its state too: true or false in
  /// the only row. Asked outside of the snapshot that described it.
  public var isUnchanged: SQL {
    "SELECT EXISTS (SELECT FROM _timescaledb_catalog.chunk WHERE id = \(id) AND xmin::text = \(rowVersion)) AS is_as_described"
  }
}

extension ChunkDescription.CompressedRelation {
  /// nil when the chunk isn't compressed.
  init?(_ row: Row, columns: [Column]) throws(PostgresError) {
    guard let name = try row.optionalName("compressed_schema", "compressed_name") else { return nil }
    self.init(
      name: name, columns: columns, settings: try row.optionalText("settings") ?? "",
      sizes: try row.integers("sizes"))
  }
}
