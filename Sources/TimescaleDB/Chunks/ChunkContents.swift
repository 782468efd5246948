import Postgres

/// How much a chunk holds, as far as its files' sizes, the server's statistics and TimescaleDB's catalog tell without
/// reading it.
public struct ChunkContents: Sendable, Equatable {
  /// Bytes of the rows that aren't in batches, without indexes and TOAST.
  public var rowBytes: Int64
  /// Bytes of the relation with the compressed batches, without indexes and TOAST.
  public var batchBytes: Int64
  /// Bytes of both ones' TOAST, where most of what is compressed stands.
  public var toastBytes: Int64
  /// Rows that were in batches when these were made; nil where that wasn't noted.
  public var batchedRows: Int64?
  /// pg_class.reltuples and relpages: how many rows the last ANALYZE or VACUUM found on how many pages; tuples are
  /// negative before the first one.
  public var tuples: Int64
  public var pages: Int64
  /// What a row's values take as a rule, by their types.
  public var rowWidth: Int64
  /// Bytes of a page.
  public var blockSize: Int64

  public init(
    rowBytes: Int64, batchBytes: Int64 = 0, toastBytes: Int64 = 0, batchedRows: Int64? = nil,
    tuples: Int64 = -1, pages: Int64 = 0, rowWidth: Int64 = 32, blockSize: Int64 = 8192
  ) {
    self.rowBytes = rowBytes
    self.batchBytes = batchBytes
    self.toastBytes = toastBytes
    self.batchedRows = batchedRows
    self.tuples = tuples
    self.pages = pages
    self.rowWidth = rowWidth
    self.blockSize = blockSize
  }

  /// All that is to be read.
  public var bytes: Int64 { rowBytes + batchBytes + toastBytes }

  /// All rows, as the planner would estimate them; nil where batches don't tell.
  public var rows: Int64? {
    guard batchBytes > 0 else { return plainRows }
    return batchedRows.map { $0 + plainRows }
  }

  /// The statistics' density on the pages that there are now, as in estimate_rel_size (optimizer/util/plancat.c). A chunk
  /// that was compressed keeps the statistics that it had before, and has no pages.
  private var plainRows: Int64 {
    guard rowBytes > 0, blockSize > 0 else { return 0 }
    let pagesNow = Double(rowBytes) / Double(blockSize)
    let density =
      tuples >= 0 && pages > 0
      ? Double(tuples) / Double(pages) : Double(blockSize - Self.pageHeader) / Double(rowSize)
    return Int64((pagesNow * density).rounded())
  }

  /// A row with its header and line pointer, both parts aligned.
  private var rowSize: Int64 { (max(0, rowWidth) + 7) / 8 * 8 + 24 + 4 }

  private static let pageHeader: Int64 = 24
}

extension ChunkContents {
  /// Part of the question for chunks `c`, their compressed relations being `zr`: a common table, select list and joins.
  static let widths: SQL = """
    backfill_width AS MATERIALIZED (
      SELECT h.id, sum(CASE WHEN t.typlen > 0 THEN t.typlen ELSE 32 END) AS width
      FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
      JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type AS t ON t.oid = a.atttypid
      GROUP BY h.id
    )
    """

  /// What compressing wrote down of TOAST is taken as it is, as asking a relation for its size means opening it.
  static let columns: SQL = """
    coalesce(pg_relation_size(c.relid), 0) AS row_bytes, coalesce(pg_relation_size(zr.oid), 0) AS batch_bytes,
      CASE WHEN c.status & 1 = 0 OR c.status & 8 <> 0 THEN coalesce(pg_relation_size(nullif(cr.reltoastrelid, 0)), 0)
        ELSE 0 END
      + CASE WHEN zr.oid IS NULL THEN 0 WHEN g.compressed_toast_size > 0 THEN g.compressed_toast_size
        ELSE coalesce(pg_relation_size(nullif(zr.reltoastrelid, 0)), 0) END AS toast_bytes,
      coalesce(g.numrows_pre_compression, 0) AS batched_rows,
      coalesce(cr.reltuples, -1)::int8 AS tuples, coalesce(cr.relpages, 0)::int8 AS pages,
      coalesce(w.width, 0)::int8 AS row_width, current_setting('block_size')::int8 AS block_size
    """

  static let joins: SQL = """
    LEFT JOIN pg_class AS cr ON cr.oid = c.relid
    LEFT JOIN \(CompressionSizes.table) AS g ON g.chunk_id = c.id
    LEFT JOIN backfill_width AS w ON w.id = c.hypertable_id
    """

  init(_ row: Row) throws(PostgresError) {
    let batched = try row.integer("batched_rows")
    self.init(
      rowBytes: try row.integer("row_bytes"), batchBytes: try row.integer("batch_bytes"),
      toastBytes: try row.integer("toast_bytes"), batchedRows: batched > 0 ? batched : nil,
      tuples: try row.integer("tuples"), pages: try row.integer("pages"),
      rowWidth: try row.integer("row_width"), blockSize: try row.integer("block_size"))
  }
}
