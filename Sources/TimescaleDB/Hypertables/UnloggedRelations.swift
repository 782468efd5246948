public import Postgres

/// Hypertables of which something is UNLOGGED (2.23 on), and so empty after a crash.
public struct UnloggedRelations: Sendable {
  public let hypertable: QualifiedName
  /// New chunks are unlogged too.
  public let isWhole: Bool
  /// Its chunks that are, or whose compressed rows are.
  public let chunks: [QualifiedName]

  /// Those among the given hypertables. Chunks are only gone through in a database that has anything unlogged.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: [Int64], capabilities: Capabilities, on connection: borrowing Connection
  ) throws(PostgresError) -> [UnloggedRelations] {
    guard !hypertables.isEmpty else { return [] }
    return try connection.query(
      """
      SELECT h.schema_name, h.table_name, hr.relpersistence = 'u' AS is_whole, u.schemas, u.names
      FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS hn ON hn.nspname = h.schema_name
      JOIN pg_class AS hr ON hr.relnamespace = hn.oid AND hr.relname = h.table_name
      LEFT JOIN (
        SELECT c.hypertable_id, array_agg(c.schema_name ORDER BY c.id) AS schemas, array_agg(c.table_name ORDER BY c.id) AS names
        FROM (\(capabilities.chunks)) AS c
        JOIN pg_class AS r ON r.oid = c.relid
        LEFT JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
        LEFT JOIN pg_class AS z ON z.relnamespace = zn.oid AND z.relname = c.compressed_name
        WHERE EXISTS (SELECT FROM pg_class WHERE relpersistence = 'u') AND 'u' IN (r.relpersistence, z.relpersistence)
        GROUP BY c.hypertable_id
      ) AS u ON u.hypertable_id = h.id
      WHERE h.id IN (\(hypertables.map { "\($0)" as SQL }.joined(separator: ", ")))
        AND (hr.relpersistence = 'u' OR u.names IS NOT NULL)
      ORDER BY h.id
      """, doing: "looking for unlogged tables"
    ) { row throws(PostgresError) in
      UnloggedRelations(
        hypertable: try row.name("schema_name", "table_name"), isWhole: try row.flag("is_whole"),
        chunks: zip(try row.texts("schemas"), try row.texts("names")).map { QualifiedName($0, $1) })
    }
  }
}
