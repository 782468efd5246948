internal import Postgres

/// Everything that differs between TimescaleDB's versions and editions, decided once from the extension's
/// version. The next version means one place to change: here.
public struct Capabilities: Sendable, Equatable {
  /// How the catalog tells of chunks (sql/pre_install/tables.sql at each tag).
  public enum ChunkCatalog: Sendable, Equatable {
    /// To 2.25: names, `dropped`, compressed_chunk_id.
    case namesWithDropped
    /// 2.26 to 2.28: the same without `dropped`.
    case names
    /// From 2.29: `relid`; compressed relations only through compression_settings.
    case relations
  }

  /// Where a chunk's slices stand.
  public enum SliceCatalog: Sendable, Equatable {
    /// To 2.27: slices are shared, chunk_constraint joins them to chunks.
    case shared
    /// From 2.28: each slice belongs to one chunk.
    case owned
  }

  /// Which relation a chunk's compression settings are filed under.
  public enum SettingsKey: Sendable, Equatable {
    /// To 2.18.
    case compressedRelation
    /// From 2.19.
    case chunk
  }

  /// How writes into a chunk can be kept out of the continuous aggregates' invalidation log.
  public enum InvalidationControl: Sendable, Equatable {
    /// To 2.22: a row trigger on the chunk, which its owner may disable.
    case trigger
    /// 2.23 to 2.27: written by the extension itself, with nothing that an owner may turn off.
    case none
    /// From 2.28: timescaledb.skip_cagg_invalidation.
    case setting
  }

  public let version: TimescaleVersion
  /// The Apache edition lacks compression, continuous aggregates and create_chunk.
  public let isCommunity: Bool
  public let chunkCatalog: ChunkCatalog
  public let sliceCatalog: SliceCatalog
  public let settingsKey: SettingsKey
  /// A hypertable's compression settings can be RESET, and may be unset (NULL) until a chunk is compressed (2.22 on);
  /// before, an empty text stands for none.
  public let settingsCanBeReset: Bool
  public let invalidationControl: InvalidationControl
  /// From 2.23 COPY into a chunk is TimescaleDB's own: it checks that rows belong to the chunk, by the
  /// hypertable's attribute numbers (src/copy.c, src/dimension.c), and marks a compressed chunk partial.
  public let copyIntoChunkIsOwn: Bool
  /// `compress_chunk(recompress => true)` puts an unordered chunk in order (run: not on 2.23.1, on 2.26.4).
  public let recompressRestoresOrder: Bool
  /// An index of a chunk that is dropped and made again with the same definition still counts as the hypertable's (before
  /// 2.22 chunk_index says which is which, and that can't be written by an owner).
  public let indexesCanBeRebuilt: Bool
  /// Chunks may have ranges of columns by which queries leave them out (chunk_column_stats).
  public let hasColumnRanges: Bool
  /// The hypercore access method stores chunks in a way of its own (2.18 to 2.21).
  public let mayHaveHypercore: Bool
  /// UUIDv7 time dimensions.
  public let hasUUIDDimensions: Bool
  /// Bloom filters in compressed chunks are of a hash function that is chosen when TimescaleDB is built (2.20 to 2.23;
  /// from 2.24 the columns' names say which).
  public let bloomHashDependsOnBuild: Bool

  /// A batch of nothing but NULL has a compressed form of its own from 2.19.0, which can't be received up to 2.20.0
  /// (ts#8153): COPY, and pg_restore, fail. What is sent for it is right.
  public let receivesNullBatches: Bool

  /// `refresh_continuous_aggregate` can be made to compute what isn't counted as changed.
  public let canForceRefresh: Bool

  /// The oldest version that is understood.
  public static let oldestVersion = (major: 2, minor: 14)
  /// The newest minor version that was tried.
  static let newestTried = (major: 2, minor: 31)

  public init(version: TimescaleVersion, isCommunity: Bool) {
    self.version = version
    self.isCommunity = isCommunity
    chunkCatalog =
      version.isAtLeast(2, 29) ? .relations : version.isAtLeast(2, 26) ? .names : .namesWithDropped
    sliceCatalog = version.isAtLeast(2, 28) ? .owned : .shared
    settingsKey = version.isAtLeast(2, 19) ? .chunk : .compressedRelation
    settingsCanBeReset = version.isAtLeast(2, 22)
    invalidationControl =
      version.isAtLeast(2, 28) ? .setting : version.isAtLeast(2, 23) ? .none : .trigger
    copyIntoChunkIsOwn = version.isAtLeast(2, 23)
    recompressRestoresOrder = version.isAtLeast(2, 26, 4)
    indexesCanBeRebuilt = version.isAtLeast(2, 22)
    hasColumnRanges = version.isAtLeast(2, 16)
    mayHaveHypercore = version.isAtLeast(2, 18) && !version.isAtLeast(2, 22)
    hasUUIDDimensions = version.isAtLeast(2, 22)
    receivesNullBatches = !version.isAtLeast(2, 19) || version.isAtLeast(2, 20, 1)
    canForceRefresh = version.isAtLeast(2, 18)
    bloomHashDependsOnBuild = isCommunity && version.isAtLeast(2, 20) && !version.isAtLeast(2, 24)
  }

  public var canCreateChunks: Bool { isCommunity }

  public var isTooOld: Bool { !version.isAtLeast(Self.oldestVersion.major, Self.oldestVersion.minor) }

  /// Such a version is treated as the newest one that is known.
  public var isNewerThanTried: Bool {
    (version.major, version.minor) > (Self.newestTried.major, Self.newestTried.minor)
  }

  /// Every chunk that exists, one row each, in the same columns for all generations: id, hypertable_id, relid,
  /// schema_name, table_name, status, osm_chunk, row_version (another one after each change of the row), and the
  /// compressed relation's name (NULL where there is none).
  /// Chunks of the internal compressed hypertables (to 2.28) are among them; their hypertables tell them apart.
  var chunks: SQL {
    switch chunkCatalog {
    case .namesWithDropped, .names:
      """
      SELECT c.id, c.hypertable_id, r.oid AS relid, c.schema_name, c.table_name, c.status, c.osm_chunk,
        c.xmin AS row_version, z.schema_name AS compressed_schema, z.table_name AS compressed_name
      FROM _timescaledb_catalog.chunk AS c
      LEFT JOIN pg_namespace AS n ON n.nspname = c.schema_name
      LEFT JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = c.table_name
      LEFT JOIN _timescaledb_catalog.chunk AS z ON z.id = c.compressed_chunk_id
      WHERE \(chunkCatalog == .namesWithDropped ? "NOT c.dropped" as SQL : "true")
      """
    case .relations:
      """
      SELECT c.id, c.hypertable_id, r.oid AS relid, n.nspname AS schema_name, r.relname AS table_name, c.status,
        c.osm_chunk, c.xmin AS row_version, zn.nspname AS compressed_schema, z.relname AS compressed_name
      FROM _timescaledb_catalog.chunk AS c
      JOIN pg_class AS r ON r.oid = c.relid
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      LEFT JOIN _timescaledb_catalog.compression_settings AS s ON s.relid = c.relid
      LEFT JOIN pg_class AS z ON z.oid = s.compress_relid
      LEFT JOIN pg_namespace AS zn ON zn.oid = z.relnamespace
      """
    }
  }

  /// Every slice with the chunk it bounds: chunk_id, dimension_id, range_start, range_end.
  var slices: SQL {
    switch sliceCatalog {
    case .shared:
      """
      SELECT cc.chunk_id, s.dimension_id, s.range_start, s.range_end
      FROM _timescaledb_catalog.chunk_constraint AS cc
      JOIN _timescaledb_catalog.dimension_slice AS s ON s.id = cc.dimension_slice_id
      """
    case .owned:
      """
      SELECT s.chunk_id, s.dimension_id, s.range_start, s.range_end
      FROM _timescaledb_catalog.dimension_slice AS s
      """
    }
  }
}
