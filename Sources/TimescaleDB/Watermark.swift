public import Postgres

/// How far a continuous aggregate is materialised.
public struct Watermark: Sendable {
  public let aggregate: QualifiedName
  /// The materialised hypertable's id; an aggregate's level in a hierarchy follows from `rawHypertableID`.
  public let materializedID: Int64
  public let rawHypertableID: Int64
  /// The type of its time column, nil when it isn't one that is understood.
  public let timeType: TimeType?
  /// The materialised hypertable and its time column.
  public let materialized: QualifiedName
  public let timeColumn: Identifier
  /// Internal value of the first time that isn't materialised; nil when nothing is.
  public let value: Int64?

  /// All continuous aggregates of a database with their watermarks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Watermark] {
    let question: SQL = """
      SELECT a.user_view_schema, a.user_view_name, a.mat_hypertable_id, a.raw_hypertable_id,
        format_type(d.column_type, NULL), w.watermark, h.schema_name, h.table_name, d.column_name
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
      JOIN LATERAL (
        SELECT d.column_type, d.column_name FROM _timescaledb_catalog.dimension AS d
        WHERE d.hypertable_id = a.mat_hypertable_id AND d.interval_length IS NOT NULL ORDER BY d.id LIMIT 1
      ) AS d ON true
      LEFT JOIN _timescaledb_catalog.continuous_aggs_watermark AS w ON w.mat_hypertable_id = a.mat_hypertable_id
      ORDER BY a.mat_hypertable_id
      """
    return try connection.query(question, doing: "reading watermarks") { row throws(PostgresError) in
      Watermark(
        aggregate: try row.name(0), materializedID: try row.integer(2),
        rawHypertableID: try row.integer(3), timeType: TimeType(rawValue: try row.text(4)),
        materialized: try row.name(6),
        timeColumn: Identifier(try row.text(8)), value: try row.optionalInteger(5))
    }
  }

  /// Where a refresh has to begin so that it loses nothing: at the watermark, or, for an aggregate that was never
  /// refreshed in this database but was given rows by copying, at the last of those. A refresh of a range whose raw rows
  /// are gone deletes what is materialised there (run on 2.14 to 2.29).
  ///
  /// - Returns: an internal value; nil for the beginning of time.
  /// - Throws: `PostgresError`.
  public func firstToRefresh(on connection: borrowing Connection) throws(PostgresError) -> Int64? {
    if let value, value > never { return value }
    let column: SQL = "max(\(timeColumn))"
    let last = try connection.query(
      "SELECT \(timeType?.isInteger == true ? "\(column)::int8" : "_timescaledb_functions.time_to_internal(\(column))" as SQL) FROM \(materialized)",
      doing: "looking for the last row of \(aggregate)"
    ) { row throws(PostgresError) in try row.optionalInteger(0) }
    return last.first ?? nil
  }

  /// The watermark of an aggregate that was never refreshed: the beginning of PostgreSQL's time, 4714 BC in microseconds,
  /// or the least value of its integer type.
  private var never: Int64 {
    switch timeType {
    case .smallint: Int64(Int16.min)
    case .integer: Int64(Int32.min)
    case .bigint: .min
    case .timestamptz, .timestamp, .date, .uuid, nil: -210_866_803_200_000_000
    }
  }
}
