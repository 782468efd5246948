public import Postgres
public import TimescaleDB

/// Why a task's chunk can't be copied or compared, where it isn't a server that says so.
public enum ChunkProblem: Error, Sendable, Equatable {
  /// The task is a part of a chunk that only another tool's filter describes.
  case filterOfAnotherTool
  /// The task has a filter, and no bounds that say the same.
  case filterWithoutBounds
  case otherHypertable(found: QualifiedName, staged: QualifiedName)
  /// The task sends rows of one hypertable into another one.
  case wrongTarget(hypertable: QualifiedName, target: QualifiedName)
  case otherSlices
  case boundsOutsideChunk

  /// The chunk is gone, and what was staged doesn't tell its range.
  case goneWithoutRange
  /// The chunk is gone, and another one has its range.
  case goneInto(chunk: QualifiedName)
  /// The chunk is gone, and the hypertable has rows in object storage.
  case goneAndTiered(hypertable: QualifiedName)
  case tiered
  /// The chunk counts as compressed, and the catalog doesn't tell where its batches are, or not in a way that this program
  /// knows: what could be read of it isn't all of it.
  case unknownBatches(Side)
  /// What was read isn't what was described (`SourceGuard`).
  case changedWhileRead

  case noTargetHypertable(QualifiedName)
  case unloggedTarget(hypertable: QualifiedName)

  case columns(ColumnAgreement.Difference, target: QualifiedName)
  /// The range of a dimension that no condition can express.
  case inexpressibleRange(Dimension)
  case hypercore(Side)
  /// An archive has the chunk's batches, which the target can't take as they are, and not its rows.
  case archivedBatches(BatchObstacle)
}
