public import Postgres

/// What TimescaleDB wrote down when it compressed a chunk: sizes and rows, before and after. They are what
/// chunk_compression_stats() and its like show; queries don't need them. An owner can't write them, but by a
/// `GRANT UPDATE` on their table.
public enum CompressionSizes {
  static let table: SQL = "_timescaledb_catalog.compression_chunk_size"

  /// The same since 2.14.
  static let columns: [SQL] = [
    "uncompressed_heap_size", "uncompressed_toast_size", "uncompressed_index_size", "compressed_heap_size",
    "compressed_toast_size", "compressed_index_size", "numrows_pre_compression", "numrows_post_compression",
    "numrows_frozen_immediately",
  ]

  /// All of them as an array, empty for a chunk without. Rows that came from 1.x have no numbers of rows (NULL from 2.29).
  static func question(chunk: SQL) -> SQL {
    let values = columns.map { "coalesce(\($0), 0)" as SQL }.joined(separator: ", ")
    return """
      coalesce((SELECT array[\(values)]::int8[] FROM \(table) WHERE chunk_id = \(chunk)), '{}')
      """
  }

  /// Writes them for a chunk of this database.
  public static func record(_ sizes: [Int64], chunk: Int64) -> SQL {
    let values = zip(columns, sizes).map { "\($0) = \($1)" as SQL }.joined(separator: ", ")
    return "UPDATE \(table) SET \(values) WHERE chunk_id = \(chunk)"
  }

  /// Whether the role may, as a condition.
  static let isWritable: SQL = "has_table_privilege(\(table.text), 'UPDATE')"
}
