public import Postgres

/// What a person may want to know about how a chunk was copied.
public enum CopyRemark: Sendable, Equatable {
  case chunkIsGone
  case throughHypertable
  case asText(Reason)
  /// The source's chunk is compressed, and the target's hypertable has no compression.
  case storedUncompressed
  case compressedAnew(BatchObstacle)
  case part(number: Int64, of: Int64)

  /// Why rows travel in text form.
  public enum Reason: Sendable, Equatable {
    case binaryIsRefused
    /// Columns whose types have no binary form, or one that means something else on the target.
    case columns([Identifier])
  }
}

/// Why a chunk's batches can't be copied as they are, so that its rows are; from an archive that has its batches, these
/// aren't to be had.
public enum BatchObstacle: Sendable, Equatable {
  /// They come from a file of rows.
  case archivedRows
  /// What is copied has to be logged for continuous aggregates, and batches never are.
  case aggregateWasRefreshed
  case binaryIsRefused
  /// A column was added with a default after rows had been compressed.
  case missingValues
  case bloomFilters
  case columnTypes
  /// Least and greatest values of a metadata column are of another order on the target.
  case order(of: Identifier)
  case constraints
  case settings
  /// They were written by another version of TimescaleDB, or on a newer PostgreSQL.
  case versions
  /// The target has no chunk with the same slices.
  case slices
  /// The target's hypertable has no compression.
  case noCompression
}
