public import Postgres

/// How a chunk's rows lie in time, as far as the server knows: where it can be cut into parts that are read
/// without reading the others.
public struct TimeSpread: Sendable {
  /// Internal values, ascending, between each two of which there are equally many rows (the statistics' histogram); empty
  /// where the chunk was never analyzed.
  public let quantiles: [Int64]
  /// There is an index to read a range of time by.
  public let hasTimeIndex: Bool
  /// How far the rows' order on disk is that of their times, 0 to 1; nil where the chunk was never analyzed.
  public let correlation: Double?

  public init(quantiles: [Int64], hasTimeIndex: Bool, correlation: Double?) {
    self.quantiles = quantiles
    self.hasTimeIndex = hasTimeIndex
    self.correlation = correlation
  }

  /// Below this a range of time is all over the chunk's pages, and reading it in parts means reading the chunk for each.
  private static let leastCorrelation = 0.5

  /// Whether a part of the chunk can be read at about its share of what reading the chunk costs.
  public var isReadableInParts: Bool { hasTimeIndex && (correlation ?? 1) >= Self.leastCorrelation }

  /// The spread of each chunk, in the order given, by a fixed number of questions for a thousand of them.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of chunks: [QualifiedName], column: Identifier, type: TimeType, on connection: borrowing Connection
  ) throws(PostgresError) -> [TimeSpread] {
    var spreads: [TimeSpread] = []
    let batchSize = 1000
    for start in stride(from: 0, to: chunks.count, by: batchSize) {
      spreads += try connection.query(
        question(chunks[start..<min(start + batchSize, chunks.count)], column: column, type: type),
        doing: "reading statistics of large chunks"
      ) { row throws(PostgresError) in
        TimeSpread(
          quantiles: try row.integers("quantiles"), hasTimeIndex: try row.flag("has_time_index"),
          correlation: try row.optionalText("correlation").flatMap(Double.init))
      }
    }
    return spreads
  }

  private static func question(
    _ chunks: ArraySlice<QualifiedName>, column: Identifier, type: TimeType
  ) -> SQL {
    let wanted = chunks.enumerated().map { number, chunk in
      "(\(number), \(chunk.schema.name), \(chunk.name.name))" as SQL
    }
    return """
      SELECT ARRAY(
          SELECT \(type.internalValue(ofExpression: "b")) AS v
          FROM unnest(\(type.histogram("s.histogram_bounds"))) AS b ORDER BY v) AS quantiles,
        EXISTS (
          SELECT FROM pg_index AS x
          JOIN pg_class AS i ON i.oid = x.indexrelid
          JOIN pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
          JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
          WHERE x.indrelid = r.oid AND x.indisvalid AND x.indpred IS NULL AND a.attname = \(column.name)) AS has_time_index,
        abs(s.correlation) AS correlation
      FROM (VALUES \(wanted.joined(separator: ", "))) AS w (number, schema_name, table_name)
      JOIN pg_namespace AS n ON n.nspname = w.schema_name
      JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = w.table_name
      LEFT JOIN pg_stats AS s
        ON s.schemaname = w.schema_name AND s.tablename = w.table_name AND s.attname = \(column.name)
      ORDER BY w.number
      """
  }
}

extension TimeType {
  /// A column's histogram as an array of its own type; of UUIDs nothing, as their order says little of time.
  fileprivate func histogram(_ bounds: SQL) -> SQL {
    switch self {
    case .timestamptz: "\(bounds)::text::timestamptz[]"
    case .timestamp: "\(bounds)::text::timestamp[]"
    case .date: "\(bounds)::text::date[]"
    case .bigint, .integer, .smallint: "\(bounds)::text::bigint[]"
    case .uuid: "'{}'::bigint[]"
    }
  }
}
