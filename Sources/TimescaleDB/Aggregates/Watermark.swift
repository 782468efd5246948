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
  /// How long a bucket is, as the catalog writes it: an interval, or a number. nil where it doesn't say.
  public let bucketWidth: String?

  /// All continuous aggregates of a database with their watermarks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Watermark] {
    let question: SQL = """
      SELECT a.user_view_schema, a.user_view_name, a.mat_hypertable_id, a.raw_hypertable_id,
        format_type(d.column_type, NULL) AS time_type, w.watermark, h.schema_name, h.table_name, d.column_name,
        coalesce(to_jsonb(f) ->> 'bucket_width', to_jsonb(a) ->> 'bucket_width') AS bucket_width
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
      JOIN LATERAL (
        SELECT d.column_type, d.column_name FROM _timescaledb_catalog.dimension AS d
        WHERE d.hypertable_id = a.mat_hypertable_id AND d.interval_length IS NOT NULL ORDER BY d.id LIMIT 1
      ) AS d ON true
      LEFT JOIN _timescaledb_catalog.continuous_aggs_bucket_function AS f ON f.mat_hypertable_id = a.mat_hypertable_id
      LEFT JOIN _timescaledb_catalog.continuous_aggs_watermark AS w ON w.mat_hypertable_id = a.mat_hypertable_id
      ORDER BY a.mat_hypertable_id
      """
    return try connection.query(question, doing: "reading watermarks") { row throws(PostgresError) in
      Watermark(
        aggregate: try row.name("user_view_schema", "user_view_name"),
        materializedID: try row.integer("mat_hypertable_id"),
        rawHypertableID: try row.integer("raw_hypertable_id"),
        timeType: TimeType(rawValue: try row.text("time_type")),
        materialized: try row.name("schema_name", "table_name"),
        timeColumn: Identifier(try row.text("column_name")), value: try row.optionalInteger("watermark"),
        bucketWidth: try row.optionalText("bucket_width"))
    }
  }

  /// Whether TimescaleDB counts something between the bounds as changed, so that a refresh would compute it.
  ///
  /// - Throws: `PostgresError`.
  public func isChanged(
    in range: Dimension.Range, on connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    try connection.query(
      """
      SELECT EXISTS (
        SELECT FROM (
          SELECT lowest_modified_value, greatest_modified_value
          FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
          WHERE materialization_id = \(materializedID)
          UNION ALL
          SELECT lowest_modified_value, greatest_modified_value
          FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
          WHERE hypertable_id = \(rawHypertableID)
        ) AS entry (first, last)
        WHERE first < \(range.upper) AND last >= \(range.lower)) AS is_changed
      """, doing: "looking for changes of \(aggregate)"
    ) { row throws(PostgresError) in try row.flag("is_changed") }.first ?? false
  }

  /// Up to where it is refreshed; nil for one that never was.
  public var refreshedTo: Int64? { value.flatMap { $0 > never ? $0 : nil } }

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

  /// `start + width`, for a bucket that starts at an expression of the aggregate's time type.
  func bucketEnd(_ start: SQL) -> SQL? {
    guard let timeType, let bucketWidth else { return nil }
    if timeType.isInteger { return "\(start) + \(bucketWidth)::bigint" }
    // Up to 2.14 a fixed width is a number of microseconds.
    return Int64(bucketWidth).map { "\(start) + \($0) * interval '1 microsecond'" }
      ?? "\(start) + \(bucketWidth)::interval"
  }
}
