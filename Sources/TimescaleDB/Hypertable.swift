public import Postgres

/// A hypertable, or the materialised hypertable of a continuous aggregate.
public struct Hypertable: Sendable {
  public let id: Int64
  public let name: QualifiedName
  public let dimensions: [Dimension]
  /// The view people know, when this holds a continuous aggregate's rows.
  public let aggregate: QualifiedName?
  /// The hypertable that the continuous aggregate is computed from.
  public let rawHypertableID: Int64?

  /// What a person calls it, and what filters match: the view's name for a continuous aggregate.
  public var knownName: QualifiedName { aggregate ?? name }

  /// The dimension that `--until` and `--from` are about: the first open one.
  public var timeDimension: Dimension? { dimensions.first { $0.isOpen } }

  /// All hypertables of a database in the order of their creation, without TimescaleDB's internal ones for
  /// compressed chunks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Hypertable] {
    try connection.query(question, doing: "listing hypertables") { row throws(PostgresError) in
      let schemas = try row.texts(9)
      let functions = try row.texts(10)
      let columns = try row.texts(6)
      let types = try row.texts(7)
      let open = try row.texts(8)
      let dimensions = columns.indices.map { index in
        Dimension(
          column: Identifier(columns[index]), type: types[index], isOpen: open[index] == "t",
          partitioningFunction: functions[index].isEmpty
            ? nil : QualifiedName(schemas[index], functions[index]))
      }
      let viewSchema = row.optionalText(3)
      let viewName = row.optionalText(4)
      var aggregate: QualifiedName?
      if let viewSchema, let viewName { aggregate = QualifiedName(viewSchema, viewName) }
      return Hypertable(
        id: try row.integer(0), name: QualifiedName(try row.text(1), try row.text(2)),
        dimensions: dimensions, aggregate: aggregate, rawHypertableID: try row.optionalInteger(5))
    }
  }

  private static let question: SQL = """
    SELECT h.id, h.schema_name, h.table_name, a.user_view_schema, a.user_view_name, a.raw_hypertable_id,
      d.columns, d.types, d.open, d.function_schemas, d.functions
    FROM _timescaledb_catalog.hypertable AS h
    LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
    CROSS JOIN LATERAL (
      SELECT array_agg(d.column_name ORDER BY d.id) AS columns,
        array_agg(format_type(d.column_type, NULL) ORDER BY d.id) AS types,
        array_agg(d.interval_length IS NOT NULL ORDER BY d.id) AS open,
        array_agg(coalesce(d.partitioning_func_schema, '') ORDER BY d.id) AS function_schemas,
        array_agg(coalesce(d.partitioning_func, '') ORDER BY d.id) AS functions
      FROM _timescaledb_catalog.dimension AS d
      WHERE d.hypertable_id = h.id
    ) AS d
    WHERE h.compression_state <> 2 AND d.columns IS NOT NULL
    ORDER BY h.id
    """
}
