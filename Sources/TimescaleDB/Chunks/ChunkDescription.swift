public import Postgres

/// Everything about one chunk that decides how it is copied or compared, as one database sees it.
public struct ChunkDescription: Sendable {
  public let id: Int64
  public let name: QualifiedName
  public let status: ChunkStatus
  public let isTiered: Bool
  public let hypertable: QualifiedName
  public let dimensions: [Dimension]
  public let slices: [Dimension.Range]
  public let columns: [Column]
  /// Attribute numbers of the hypertable's columns, by name; a chunk's may differ.
  public let hypertableNumbers: [Identifier: Int64]
  /// The row trigger that writes the continuous aggregates' invalidation log (to 2.22).
  public let hasInvalidationTrigger: Bool
  /// Triggers beside that one, those of foreign keys included.
  public let hasOtherTriggers: Bool
  /// Bytes of the row store, without indexes and TOAST.
  public let size: Int64
  /// Bytes of everything that rows are stored in: the row store and the compressed relation, with TOAST, without indexes.
  public let storedSize: Int64
  /// A foreign key of another table refers to the hypertable, which rules out TRUNCATE.
  public let isReferenced: Bool
  /// By which values of which columns queries leave the chunk out, as text; empty when by none.
  public let columnRanges: String
  /// The table access method, "heap" as a rule.
  public let accessMethod: String
  /// Where the compressed rows are; nil when the chunk isn't compressed.
  public let compressed: CompressedRelation?
  /// What the catalog's row of the chunk is replaced by with each change of the chunk's state: its xmin.
  public let rowVersion: String
  /// The chunk is empty after a crash of its server.
  public let isUnlogged: Bool
  /// What the hypertable enforces, as text: CHECK, foreign keys, exclusion, unique indexes, NOT NULL, and the
  /// expressions of generated columns. Only known of a compressed chunk.
  public let enforced: Set<String>

  /// The table that holds a chunk's compressed rows.
  public struct CompressedRelation: Sendable {
    public let name: QualifiedName
    public let columns: [Column]
    /// Segment-by and order-by as text, for comparing: the metadata columns have the same names whatever they are.
    public let settings: String
    /// What _timescaledb_catalog.compression_chunk_size says, in the order of `CompressionSizes.columns`.
    public let sizes: [Int64]

    public init(name: QualifiedName, columns: [Column], settings: String, sizes: [Int64] = []) {
      self.name = name
      self.columns = columns
      self.settings = settings
      self.sizes = sizes
    }
  }

  public init(
    id: Int64 = 0, name: QualifiedName, status: ChunkStatus, isTiered: Bool = false,
    hypertable: QualifiedName,
    dimensions: [Dimension], slices: [Dimension.Range], columns: [Column],
    hypertableNumbers: [Identifier: Int64], hasInvalidationTrigger: Bool = false,
    hasOtherTriggers: Bool = false, size: Int64 = 0, storedSize: Int64 = 0, isReferenced: Bool = false,
    columnRanges: String = "",
    accessMethod: String = "heap",
    compressed: CompressedRelation? = nil, rowVersion: String = "", isUnlogged: Bool = false,
    enforced: Set<String> = []
  ) {
    self.id = id
    self.name = name
    self.status = status
    self.isTiered = isTiered
    self.hypertable = hypertable
    self.dimensions = dimensions
    self.slices = slices
    self.columns = columns
    self.hypertableNumbers = hypertableNumbers
    self.hasInvalidationTrigger = hasInvalidationTrigger
    self.hasOtherTriggers = hasOtherTriggers
    self.size = size
    self.storedSize = storedSize
    self.isReferenced = isReferenced
    self.columnRanges = columnRanges
    self.accessMethod = accessMethod
    self.compressed = compressed
    self.rowVersion = rowVersion
    self.isUnlogged = isUnlogged
    self.enforced = enforced
  }

  /// The time dimension's place among the dimensions.
  public var timeIndex: Int? { dimensions.timeIndex }

  /// Whether all of the chunk's rows can be found: those of a compressed chunk are in a relation that the catalog names.
  public var batchesAreKnown: Bool { !status.contains(.compressed) || compressed != nil }
}
