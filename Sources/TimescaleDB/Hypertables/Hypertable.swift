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

  public init(
    id: Int64, name: QualifiedName, dimensions: [Dimension], aggregate: QualifiedName?,
    rawHypertableID: Int64?
  ) {
    self.id = id
    self.name = name
    self.dimensions = dimensions
    self.aggregate = aggregate
    self.rawHypertableID = rawHypertableID
  }

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
        id: try row.integer("id"), name: try row.name("schema_name", "table_name"),
        dimensions: try Dimension.all(in: row),
        aggregate: try row.optionalName("user_view_schema", "user_view_name"),
        rawHypertableID: try row.optionalInteger("raw_hypertable_id"))
    }
  }

  private static let question: SQL = """
    SELECT h.id, h.schema_name, h.table_name, a.user_view_schema, a.user_view_name, a.raw_hypertable_id,
      d.*
    FROM _timescaledb_catalog.hypertable AS h
    LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
    CROSS JOIN LATERAL (
      SELECT \(Dimension.arrays)
      FROM _timescaledb_catalog.dimension AS d
      WHERE d.hypertable_id = h.id
    ) AS d
    WHERE NOT \(Capabilities.holdsCompressedRows("h")) AND d.dimension_columns IS NOT NULL
    ORDER BY h.id
    """
}
