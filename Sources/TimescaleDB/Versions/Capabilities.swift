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

  /// Where the catalog says that a hypertable has compression turned on.
  public enum CompressionMark: Sendable, Equatable {
    /// To 2.28: compression_state.
    case state
    /// From 2.29: a bit of status (src/hypertable.h).
    case status
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
  /// A person may choose the sparse indexes of compressed chunks (compression_settings.index, from 2.22).
  public let indexesCanBeChosen: Bool
  /// Rows may be compressed as they are inserted, for a hypertable (from 2.29, which has granular refresh as well).
  public let canCompressDirectly: Bool
  /// What says that a hypertable has compression turned on.
  public let compressionMark: CompressionMark
  public let invalidationControl: InvalidationControl
  /// From 2.23 COPY into a chunk is TimescaleDB's own: it checks that rows belong to the chunk, by the
  /// hypertable's attribute numbers (src/copy.c, src/dimension.c), and marks a compressed chunk partial.
  public let copyIntoChunkIsOwn: Bool
  /// `COPY hypertable FROM ... WHERE` compares a row before it looks for its chunk. Up to 2.27 it compares afterwards: chunks
  /// are made for rows that are left out, and in those whose attribute numbers differ from the hypertable's (a column was
  /// dropped) another column is compared (src/copy.c).
  public let copyFiltersFirst: Bool
  /// `compress_chunk(recompress => true)` puts an unordered chunk in order (run: not on 2.23.1, on 2.26.4).
  public let recompressRestoresOrder: Bool
  /// An index of a chunk that is dropped and made again with the same definition still counts as the hypertable's (before
  /// 2.22 chunk_index says which is which, and that can't be written by an owner).
  public let indexesCanBeRebuilt: Bool
  /// Chunks may have ranges of columns by which queries leave them out (chunk_column_stats).
  public let hasColumnRanges: Bool
  /// Bloom filters in compressed chunks are of a hash function that is chosen when TimescaleDB is built (2.20 to 2.23;
  /// from 2.24 the columns' names say which).
  public let bloomHashDependsOnBuild: Bool

  /// A batch of nothing but NULL has a compressed form of its own from 2.19.0, which can't be received up to 2.20.0
  /// (ts#8153): COPY, and pg_restore, fail. What is sent for it is right.
  public let receivesNullBatches: Bool

  /// `refresh_continuous_aggregate` can be made to compute what isn't counted as changed.
  public let canForceRefresh: Bool
  /// What a forced refresh has computed doesn't count as changed any more (from 2.26, ts#9401).
  public let forcedRefreshSettles: Bool

  /// The oldest version that is understood.
  public static let oldestVersion = (major: 2, minor: 14)
  /// The newest minor version that was tried.
  public static let newestTried = (major: 2, minor: 31)

  public init(version: TimescaleVersion, isCommunity: Bool) {
    self.version = version
    self.isCommunity = isCommunity
    chunkCatalog =
      version.isAtLeast(2, 29) ? .relations : version.isAtLeast(2, 26) ? .names : .namesWithDropped
    sliceCatalog = version.isAtLeast(2, 28) ? .owned : .shared
    settingsKey = version.isAtLeast(2, 19) ? .chunk : .compressedRelation
    settingsCanBeReset = version.isAtLeast(2, 22)
    indexesCanBeChosen = version.isAtLeast(2, 22)
    canCompressDirectly = version.isAtLeast(2, 29)
    compressionMark = version.isAtLeast(2, 29) ? .status : .state
    invalidationControl =
      version.isAtLeast(2, 28) ? .setting : version.isAtLeast(2, 23) ? .none : .trigger
    copyIntoChunkIsOwn = version.isAtLeast(2, 23)
    copyFiltersFirst = version.isAtLeast(2, 28)
    recompressRestoresOrder = version.isAtLeast(2, 26, 4)
    indexesCanBeRebuilt = version.isAtLeast(2, 22)
    hasColumnRanges = version.isAtLeast(2, 16)
    receivesNullBatches = !version.isAtLeast(2, 19) || version.isAtLeast(2, 20, 1)
    canForceRefresh = version.isAtLeast(2, 18)
    forcedRefreshSettles = version.isAtLeast(2, 26)
    bloomHashDependsOnBuild = isCommunity && version.isAtLeast(2, 20) && !version.isAtLeast(2, 24)
  }

  public var canCreateChunks: Bool { isCommunity }

  public var isTooOld: Bool { !version.isAtLeast(Self.oldestVersion.major, Self.oldestVersion.minor) }

  /// Such a version is treated as the newest one that is known.
  public var isNewerThanTried: Bool {
    (version.major, version.minor) > (Self.newestTried.major, Self.newestTried.minor)
  }
}
