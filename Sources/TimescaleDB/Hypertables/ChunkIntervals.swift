public import Postgres

/// How long chunks are.
public enum ChunkIntervals {
  /// For each dimension of each hypertable, as an internal value; nil for one that isn't of time. By the hypertables'
  /// ids.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [Int64: [Int64?]] {
    let found = try connection.query(
      "SELECT hypertable_id, interval_length FROM _timescaledb_catalog.dimension ORDER BY hypertable_id, id",
      doing: "reading chunk intervals"
    ) { row throws(PostgresError) in
      (try row.integer("hypertable_id"), try row.optionalInteger("interval_length"))
    }
    return Dictionary(grouping: found, by: \.0).mapValues { $0.map(\.1) }
  }
}
