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
  /// What no bucket is longer than, as a difference of internal values; how long each is, where they are equally long. nil
  /// where the catalog doesn't say.
  public let longestBucket: Int64?

  public init(
    aggregate: QualifiedName, materializedID: Int64, rawHypertableID: Int64, timeType: TimeType?,
    materialized: QualifiedName, timeColumn: Identifier, value: Int64?, bucketWidth: String?,
    longestBucket: Int64? = nil
  ) {
    self.aggregate = aggregate
    self.materializedID = materializedID
    self.rawHypertableID = rawHypertableID
    self.timeType = timeType
    self.materialized = materialized
    self.timeColumn = timeColumn
    self.value = value
    self.bucketWidth = bucketWidth
    self.longestBucket = longestBucket
  }

  /// All continuous aggregates of a database with their watermarks.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Watermark] {
    let question: SQL = """
      SELECT a.user_view_schema, a.user_view_name, a.mat_hypertable_id, a.raw_hypertable_id,
        format_type(d.column_type, NULL) AS time_type, w.watermark, h.schema_name, h.table_name, d.column_name,
        b.width AS bucket_width, \(longestBucket) AS longest_bucket
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
      JOIN LATERAL (
        SELECT d.column_type, d.column_name FROM _timescaledb_catalog.dimension AS d
        WHERE d.hypertable_id = a.mat_hypertable_id AND d.interval_length IS NOT NULL ORDER BY d.id LIMIT 1
      ) AS d ON true
      LEFT JOIN _timescaledb_catalog.continuous_aggs_bucket_function AS f ON f.mat_hypertable_id = a.mat_hypertable_id
      LEFT JOIN _timescaledb_catalog.continuous_aggs_watermark AS w ON w.mat_hypertable_id = a.mat_hypertable_id
      CROSS JOIN LATERAL (
        SELECT coalesce(to_jsonb(f) ->> 'bucket_width', to_jsonb(a) ->> 'bucket_width') AS width,
          coalesce(to_jsonb(f) ->> 'bucket_timezone', to_jsonb(f) ->> 'timezone', '') <> '' AS is_local
      ) AS b
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
        bucketWidth: try row.optionalText("bucket_width"),
        longestBucket: try row.optionalInteger("longest_bucket"))
    }
  }

  /// Months have up to 31 days, where an interval's epoch has 30, and days of a time zone may be longer by an hour. Up to
  /// 2.14 a fixed width is a number of microseconds.
  private static let longestBucket: SQL = """
    CASE WHEN b.width ~ '^[0-9]+$' THEN b.width::bigint WHEN b.width !~ '^-?[0-9]+$' THEN (
      SELECT ceil((extract(epoch FROM i) * CASE WHEN m.has_months THEN 31.0 / 30 ELSE 1 END
        + CASE WHEN m.has_months OR b.is_local THEN 7200 ELSE 0 END) * 1000000)::bigint
      FROM (SELECT b.width::interval AS i) AS w,
        LATERAL (SELECT extract(year FROM i) <> 0 OR extract(month FROM i) <> 0 AS has_months) AS m) END
    """

  /// Whether TimescaleDB counts something between the bounds as changed, so that a refresh would compute it.
  ///
  /// - Parameter logs: where that is looked for.
  /// - Throws: `PostgresError`.
  public func isChanged(
    in range: Dimension.Range, notedIn logs: [ChangedTime.Log] = [.ofAggregate, .ofHypertable],
    on connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    try ask("\(Self.interval(range)) && \(ChangedTime.noted(logs, for: itself))", on: connection)
  }

  /// Whether TimescaleDB counts everything between the bounds as changed.
  ///
  /// - Throws: `PostgresError`.
  public func isWhollyChanged(
    in range: Dimension.Range, on connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    try ask(
      "\(Self.interval(range)) <@ \(ChangedTime.noted([.ofAggregate, .ofHypertable], for: itself))",
      on: connection)
  }

  /// What the log's entries belong to, as a name for a row.
  private var itself: SQL { "own" }

  private static func interval(_ range: Dimension.Range) -> SQL {
    "int8range(nullif(\(range.lower), \(Int64.min)), nullif(\(range.upper), \(Int64.max)))"
  }

  private func ask(_ condition: SQL, on connection: borrowing Connection) throws(PostgresError) -> Bool {
    try connection.query(
      """
      SELECT \(condition) AS answer
      FROM (SELECT \(materializedID) AS mat_hypertable_id, \(rawHypertableID) AS raw_hypertable_id) AS \(itself)
      """, doing: "looking for changes of \(aggregate)"
    ) { row throws(PostgresError) in try row.flag("answer") }.first ?? false
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
