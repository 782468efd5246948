public import Postgres

/// A hypertable, or what a continuous aggregate is kept in, with all that it was defined with.
public struct DefinedHypertable: Sendable, Equatable {
  public var id: Int64
  public var name: QualifiedName
  /// In the order in which they were added.
  public var dimensions: [DefinedDimension]
  /// Where its chunks are, and how their names begin; nil for what TimescaleDB chooses.
  public var chunkSchema: Identifier?
  public var chunkPrefix: Identifier?
  public var tablespaces: [Identifier] = []
  /// nil where compression is off.
  public var compression: CompressionSettings?
  /// How long a chunk may get by merging when chunks are compressed.
  public var compressInterval: Int64?
  /// Columns by whose ranges queries leave chunks out.
  public var rangeColumns: [Identifier] = []
  /// Rows are compressed as they are inserted.
  public var compressesDirectly = false
  public var hasGranularRefresh = false
  /// What it is kept for.
  public var aggregate: DefinedAggregate?

  public init(id: Int64, name: QualifiedName, dimensions: [DefinedDimension]) {
    self.id = id
    self.name = name
    self.dimensions = dimensions
  }

  /// What a person calls it.
  public var knownName: QualifiedName { aggregate?.view ?? name }

  /// All of a database, in the order of their creation, for a transaction.
  ///
  /// - Throws: `PostgresError`.
  static func all(
    on connection: borrowing Connection, _ capabilities: Capabilities
  ) throws(PostgresError) -> [DefinedHypertable] {
    let indexes = try DefinedAggregate.Index.all(on: connection)
    return try connection.query(question(capabilities), doing: "reading definitions of hypertables") {
      row throws(PostgresError) in
      var found = DefinedHypertable(
        id: try row.integer("id"), name: try row.name("schema_name", "table_name"),
        dimensions: try DefinedDimension.all(in: row))
      found.chunkSchema = try row.optionalText("chunk_schema").map(Identifier.init)
      found.chunkPrefix = try row.optionalText("chunk_prefix").map(Identifier.init)
      found.tablespaces = try row.texts("tablespaces").map(Identifier.init)
      if try row.flag("compresses") { found.compression = try CompressionSettings(row) }
      found.compressInterval = try row.optionalInteger("compress_interval")
      found.rangeColumns = try row.texts("range_columns").map(Identifier.init)
      found.compressesDirectly = try row.flag("compresses_directly")
      found.hasGranularRefresh = try row.flag("has_granular_refresh")
      found.aggregate = try DefinedAggregate(row, indexes.filter { $0.hypertable == found.id }.map(\.index))
      return found
    }
  }

  private static func question(_ capabilities: Capabilities) -> SQL {
    let ranges: SQL =
      capabilities.hasColumnRanges
      ? """
      ARRAY(SELECT DISTINCT s.column_name::text FROM _timescaledb_catalog.chunk_column_stats AS s
        WHERE s.hypertable_id = h.id ORDER BY 1)
      """ : "ARRAY[]::text[]"
    let direct: SQL = capabilities.canCompressDirectly ? "h.status & 8 <> 0" : "false"
    let granular: SQL =
      capabilities.canCompressDirectly
      ? "EXISTS (SELECT FROM _timescaledb_catalog.hypertable_cagg_settings AS g WHERE g.hypertable_id = h.id)"
      : "false"
    return """
      SELECT h.id, h.schema_name, h.table_name, nullif(h.associated_schema_name, '_timescaledb_internal') AS chunk_schema,
        CASE WHEN h.associated_table_prefix !~ '^_hyper_[0-9]+$' THEN h.associated_table_prefix END AS chunk_prefix,
        ARRAY(SELECT t.tablespace_name::text FROM _timescaledb_catalog.tablespace AS t WHERE t.hypertable_id = h.id
          ORDER BY t.id) AS tablespaces,
        \(capabilities.compresses("h")) AS compresses, \(CompressionSettings.columns("k", capabilities)),
        \(ranges) AS range_columns, \(direct) AS compresses_directly, \(granular) AS has_granular_refresh,
        d.*, \(DefinedAggregate.columns)
      FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
      LEFT JOIN _timescaledb_catalog.compression_settings AS k ON k.relid = c.oid
      \(DefinedAggregate.joins)
      CROSS JOIN LATERAL (
        SELECT \(DefinedDimension.arrays) FROM _timescaledb_catalog.dimension AS d \(DefinedDimension.functionJoin)
        WHERE d.hypertable_id = h.id
      ) AS d
      WHERE NOT \(Capabilities.holdsCompressedRows("h")) AND d.dimension_columns IS NOT NULL ORDER BY h.id
      """
  }
}
