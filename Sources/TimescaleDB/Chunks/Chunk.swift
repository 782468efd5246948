public import Postgres

/// The bits of _timescaledb_catalog.chunk.status (src/chunk.h, the same since 2.14).
public struct ChunkStatus: OptionSet, Sendable, Hashable {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public static let compressed = ChunkStatus(rawValue: 1)
  /// Compressed batches overlap, so reading them in order needs a sort.
  public static let unordered = ChunkStatus(rawValue: 2)
  public static let frozen = ChunkStatus(rawValue: 4)
  /// Compressed, with rows beside that came later and aren't.
  public static let partial = ChunkStatus(rawValue: 8)
}

/// A chunk as the catalog lists it.
public struct Chunk: Sendable {
  public let id: Int64
  public let hypertableID: Int64
  public let name: QualifiedName
  public let status: ChunkStatus
  /// Moved to object storage by tiering (OSM); its rows aren't in this database.
  public let isTiered: Bool
  /// The chunk's range in each dimension, in the order of the hypertable's dimensions.
  public let slices: [Dimension.Range]
  /// Bytes of the row store and of the compressed relation, without indexes and TOAST.
  public let size: Int64
  /// How the chunk was compressed; nil when it isn't.
  public let compression: CompressionSettings?
  /// nil unless it was asked for.
  public var contents: ChunkContents?

  public init(
    id: Int64, hypertableID: Int64, name: QualifiedName, status: ChunkStatus, isTiered: Bool,
    slices: [Dimension.Range], size: Int64, compression: CompressionSettings?, contents: ChunkContents? = nil
  ) {
    self.id = id
    self.hypertableID = hypertableID
    self.name = name
    self.status = status
    self.isTiered = isTiered
    self.slices = slices
    self.size = size
    self.compression = compression
    self.contents = contents
  }

  /// All chunks of the given hypertables.
  ///
  /// - Parameter withContents: asks how much each holds, in the same question.
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: [Int64], withContents: Bool = false, capabilities: Capabilities,
    on connection: borrowing Connection
  ) throws(PostgresError) -> [Chunk] {
    guard !hypertables.isEmpty else { return [] }
    // The slices by a subquery per chunk: joined with an aggregate over all slices, catalogs that were never
    // analyzed get a nested loop over that, and ten thousand chunks take seconds.
    let contents: (widths: SQL, columns: SQL, joins: SQL) =
      withContents
      ? ("WITH \(ChunkContents.widths)", ", \(ChunkContents.columns)", ChunkContents.joins) : ("", "", "")
    let question: SQL = """
      \(contents.widths)
      SELECT c.id, c.hypertable_id, c.schema_name, c.table_name, c.status, c.osm_chunk, s.starts, s.ends,
        coalesce(pg_relation_size(c.relid), 0) + coalesce(pg_relation_size(zr.oid), 0) AS size,
        k.relid IS NOT NULL AS is_compressed, \(CompressionSettings.columns("k", capabilities))
        \(contents.columns)
      FROM (\(capabilities.chunks)) AS c
      CROSS JOIN LATERAL (
        SELECT array_agg(range_start ORDER BY dimension_id) AS starts,
          array_agg(range_end ORDER BY dimension_id) AS ends
        FROM (\(capabilities.slices)) AS s
        WHERE s.chunk_id = c.id
      ) AS s
      LEFT JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
      LEFT JOIN pg_class AS zr ON zr.relnamespace = zn.oid AND zr.relname = c.compressed_name
      LEFT JOIN _timescaledb_catalog.compression_settings AS k
        ON k.relid = \(capabilities.settingsRelation(chunk: "c.relid", compressed: "zr.oid"))
          AND zr.oid IS NOT NULL
      \(contents.joins)
      WHERE c.hypertable_id IN (\(hypertables.map { "\($0)" as SQL }.joined(separator: ", ")))
        AND s.starts IS NOT NULL
      ORDER BY c.id
      """
    return try connection.query(question, doing: "listing chunks") { row throws(PostgresError) in
      let starts = try row.integers("starts")
      let ends = try row.integers("ends")
      return Chunk(
        id: try row.integer("id"), hypertableID: try row.integer("hypertable_id"),
        name: try row.name("schema_name", "table_name"),
        status: ChunkStatus(rawValue: try row.integer("status")), isTiered: try row.flag("osm_chunk"),
        slices: zip(starts, ends).map { Dimension.Range(lower: $0, upper: $1) },
        size: try row.integer("size"),
        compression: try row.flag("is_compressed") ? try CompressionSettings(row) : nil,
        contents: withContents ? try ChunkContents(row) : nil)
    }
  }
}

extension [Chunk] {
  /// The numbers of hypertables that have rows in object storage.
  public var tieredHypertables: Set<Int64> { Set<Int64>(lazy.filter(\.isTiered).map(\.hypertableID)) }
}
