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

  /// The dimension that `--until` and `--from` are about.
  public var timeDimension: Dimension? { dimensions.timeIndex.map { dimensions[$0] } }

  /// All hypertables of a database in the order of their creation, without TimescaleDB's internal ones for
  /// compressed chunks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Hypertable] {
    try connection.query(question, doing: "listing hypertables") { row throws(PostgresError) in
      Hypertable(
        id: try row.integer(0), name: try row.name(1),
        dimensions: try Dimension.rows(row, from: 6), aggregate: row.optionalName(3),
        rawHypertableID: try row.optionalInteger(5))
    }
  }

  private static let question: SQL = """
    SELECT h.id, h.schema_name, h.table_name, a.user_view_schema, a.user_view_name, a.raw_hypertable_id,
      d.columns, d.types, d.open, d.function_schemas, d.functions
    FROM _timescaledb_catalog.hypertable AS h
    LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
    CROSS JOIN LATERAL (
      SELECT \(Dimension.arrays)
      FROM _timescaledb_catalog.dimension AS d
      WHERE d.hypertable_id = h.id
    ) AS d
    WHERE h.compression_state <> 2 AND d.columns IS NOT NULL
    ORDER BY h.id
    """
}
