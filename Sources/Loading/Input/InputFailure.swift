/// Why an input can't be read, or is read no further. Line numbers count from 1, in the input as it is without
/// compression.
public enum InputFailure: Error, Sendable, Equatable {
  /// The system said why.
  case system(reason: String)
  case isDirectory
  /// What the decompressing library says of it.
  case damaged(Compression, reason: String)
  /// It ends in the middle of compressed data.
  case truncated(Compression)
  /// A zstd frame that would take more memory than is given to one.
  case windowTooLarge
  /// A record is longer than what is kept in memory of one.
  case recordTooLong(line: Int64, limit: Int)
  /// Something follows on the end-of-data marker (`\.`).
  case dataBehindEnd(line: Int64)
  /// An end-of-data marker that isn't alone on its line.
  case strayEndMarker(line: Int64)
  /// A carriage return ends a line, alone.
  case carriageReturns(line: Int64)
  /// It isn't what it was when a part of it was loaded, or when it was opened.
  case changed
  /// The run was asked to stop while more of a stream was waited for.
  case stopped
}
