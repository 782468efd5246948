public import TimescaleDB

/// A chunk's compressed batches, as they are. The columns that their relation has are the chunk's
/// (`ChunkDescription.compressed`).
public struct ArchivedBatches: Sendable {
  public var file: ArchivedFile
  /// The rows in them.
  public var rows: Int64
  /// What they were made by.
  public var settings: CompressionSettings
  public var origin: BatchOrigin

  public init(file: ArchivedFile, rows: Int64, settings: CompressionSettings, origin: BatchOrigin) {
    self.file = file
    self.rows = rows
    self.settings = settings
    self.origin = origin
  }
}
