public import Postgres

/// The relation in which most of a chunk stands: its own, or that of its batches.
public struct StoredRows: Sendable, Equatable {
  public let relation: QualifiedName
  public let isInBatches: Bool

  /// Of the given chunks, in no order.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of chunks: [Int64], capabilities: Capabilities, on connection: borrowing Connection
  ) throws(PostgresError) -> [StoredRows] {
    let ids = (chunks.map { "\($0)" as SQL } + ["-1"]).joined(separator: ", ")
    return try connection.query(
      """
      SELECT coalesce(c.compressed_schema, c.schema_name) AS schema_name,
        coalesce(c.compressed_name, c.table_name) AS table_name, c.compressed_name IS NOT NULL AS is_in_batches
      FROM (\(capabilities.chunks)) AS c WHERE c.id IN (\(ids))
      """, doing: "looking for rows to measure by"
    ) { row throws(PostgresError) in
      StoredRows(
        relation: try row.name("schema_name", "table_name"), isInBatches: try row.flag("is_in_batches"))
    }
  }
}
