public import Postgres

extension Queue {
  /// How many tasks were copied into hypertables whose names other ones have by now: their rows aren't where the queue says.
  ///
  /// Reads a queue that lacks the column, as earlier versions have staged it, for which it is none.
  ///
  /// - Throws: `PostgresError`.
  public static func replaced(on target: borrowing Connection) throws(PostgresError) -> Int {
    let found = try target.query(
      """
      SELECT count(*) FROM (SELECT to_jsonb(task) AS t FROM __backfill.task WHERE worked IS NOT NULL) AS task
      JOIN _timescaledb_catalog.hypertable AS h
        ON h.schema_name = coalesce(t ->> 'target_hypertable_schema', t ->> 'hypertable_schema')
          AND h.table_name = coalesce(t ->> 'target_hypertable_name', t ->> 'hypertable_name')
      WHERE (t ->> 'target_hypertable_id')::bigint <> h.id
      """, doing: "looking for hypertables that were replaced"
    ) { row throws(PostgresError) in try row.integer("count") }
    return Int(found.first ?? 0)
  }

  /// When the last of the copied tasks was; nil where none is.
  ///
  /// - Throws: `PostgresError`.
  public static func lastCopied(on target: borrowing Connection) throws(PostgresError) -> Timestamp? {
    try target.query(
      "SELECT \(Timestamp.reading("max(upper(worked))")) AS last FROM __backfill.task",
      doing: "looking for the last chunk that was copied"
    ) { row throws(PostgresError) in try row.optionalTimestamp("last") }.first ?? nil
  }
}
