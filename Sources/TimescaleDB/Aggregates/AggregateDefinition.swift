public import Postgres

/// What continuous aggregates are computed by.
public enum AggregateDefinition {
  /// The queries of continuous aggregates, by their materialised hypertables' ids, as the server writes them for this
  /// session. A query has everything in it: the bucket function with its width, origin, offset and zone. What
  /// continuous_aggs_bucket_function says of these depends on the DateStyle, IntervalStyle and TimeZone of whoever made
  /// the aggregate (run on 2.22.1 and 2.29.2). The direct view is the one that doesn't change with real-time aggregation.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of materialized: [Int64], on connection: borrowing Connection
  ) throws(PostgresError) -> [Int64: String] {
    guard !materialized.isEmpty else { return [:] }
    let found = try connection.query(
      """
      SELECT a.mat_hypertable_id, pg_get_viewdef(v.oid) AS definition
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN pg_namespace AS n ON n.nspname = a.direct_view_schema
      JOIN pg_class AS v ON v.relnamespace = n.oid AND v.relname = a.direct_view_name
      WHERE a.mat_hypertable_id IN (\(materialized.map { "\($0)" as SQL }.joined(separator: ", ")))
      """, doing: "reading definitions of continuous aggregates"
    ) { row throws(PostgresError) in (try row.integer("mat_hypertable_id"), try row.text("definition")) }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }
}
