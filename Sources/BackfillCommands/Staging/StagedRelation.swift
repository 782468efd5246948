public import Postgres

/// What staging puts into the queue of one hypertable or continuous aggregate.
public struct StagedRelation: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case hypertable
    case aggregate
  }

  /// What else there is to say of its chunks: those that are left out, and those that take longer than their size says.
  public enum Remark: Sendable, Equatable {
    case alreadyStaged(chunks: Int)
    case outsideWindow(chunks: Int)
    case tiered(chunks: Int)
    /// No chunk of the target has the same bounds, so rows have to find theirs.
    case throughHypertable(chunks: Int)
    /// Rows travel as text, for these columns.
    case asText(chunks: Int, columns: [Identifier])
    /// Compressed chunks that the window cuts: their rows are copied, and the target's chunk is opened and closed for it.
    case decompressed(chunks: Int)
    /// Batches can't carry these columns' types, so rows are copied and compressed on the target.
    case compressedAnew(chunks: Int, columns: [Identifier])
    /// The target's hypertable has no compression.
    case storedUncompressed(chunks: Int)
  }

  /// What people know it by.
  public var name: QualifiedName
  public var kind: Kind
  /// Chunks newly staged, of which there are
  public var chunks = 0
  /// compressed ones,
  public var compressedChunks = 0
  /// those of which the window has only a part,
  public var cut = 0
  /// and large ones, copied in several parts;
  public var splitChunks = 0
  /// that many parts in all.
  public var parts = 0
  /// How much the staged tasks are expected to read.
  public var bytes: Int64 = 0
  /// nil where that isn't known of all chunks.
  public var rows: Int64? = 0
  public var remarks: [Remark] = []

  public init(name: QualifiedName, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}
