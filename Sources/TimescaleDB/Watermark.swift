public import Postgres

/// How far a continuous aggregate is materialised.
public struct Watermark: Sendable {
  public let aggregate: QualifiedName
  /// The materialised hypertable's id; an aggregate's level in a hierarchy follows from `rawHypertableID`.
  public let materializedID: Int64
  public let rawHypertableID: Int64
  /// The type of its time column, nil when it isn't one that is understood.
  public let timeType: TimeType?
  /// Internal value of the first time that isn't materialised; nil when nothing is.
  public let value: Int64?

  /// All continuous aggregates of a database with their watermarks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Watermark] {
    let question: SQL = """
      SELECT a.user_view_schema, a.user_view_name, a.mat_hypertable_id, a.raw_hypertable_id,
        format_type(d.column_type, NULL), w.watermark
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN LATERAL (
        SELECT d.column_type FROM _timescaledb_catalog.dimension AS d
        WHERE d.hypertable_id = a.mat_hypertable_id AND d.interval_length IS NOT NULL ORDER BY d.id LIMIT 1
      ) AS d ON true
      LEFT JOIN _timescaledb_catalog.continuous_aggs_watermark AS w ON w.mat_hypertable_id = a.mat_hypertable_id
      ORDER BY a.mat_hypertable_id
      """
    return try connection.query(question, doing: "reading watermarks") { row throws(PostgresError) in
      Watermark(
        aggregate: QualifiedName(try row.text(0), try row.text(1)), materializedID: try row.integer(2),
        rawHypertableID: try row.integer(3), timeType: TimeType(rawValue: try row.text(4)),
        value: try row.optionalInteger(5))
    }
  }
}
