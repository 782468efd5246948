public import Postgres

/// COPY data in a file of its own.
public struct ArchivedFile: Sendable {
  /// In which form tuples travel in a COPY.
  public enum Format: String, Sendable {
    case binary
    case text
  }

  /// In the archive's directory.
  public var name: String
  public var format: Format
  /// The columns that tuples have, in their order.
  public var columns: [Identifier]
  /// What the COPY counts: rows, or batches.
  public var tuples: Int64
  /// Of COPY data, not compressed.
  public var copiedBytes: Int64
  /// Of the file.
  public var bytes: Int64
  /// Of the file, in hexadecimal digits.
  public var sha256: String

  public init(
    name: String, format: Format, columns: [Identifier], tuples: Int64, copiedBytes: Int64, bytes: Int64,
    sha256: String
  ) {
    self.name = name
    self.format = format
    self.columns = columns
    self.tuples = tuples
    self.copiedBytes = copiedBytes
    self.bytes = bytes
    self.sha256 = sha256
  }
}

extension ArchivedFile {
  /// Hands out the COPY data, block by block, and makes sure that it comes from the file that is described: by its
  /// length, its digest and the length of what is in it. Only where this returns, what was handed out may be kept.
  ///
  /// - Throws: `ArchiveFault`; what `body` throws.
  public func read(
    in directory: ArchiveDirectory, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard var decompressor = Decompressor.make() else { throw ArchiveFault.outOfMemory(file: name) }
    var digest = SHA256()
    var found: (bytes: Int64, copied: Int64) = (0, 0)
    try directory.read(name) { block in
      digest.append(block)
      found.bytes += Int64(block.count)
      guard found.bytes <= bytes else { throw ArchiveFault.otherBytes(file: name) }
      do {
        try decompressor.decompress(block) { data in
          found.copied += Int64(data.count)
          guard found.copied <= copiedBytes else { throw ArchiveFault.otherBytes(file: name) }
          try body(data)
        }
      } catch let failure as ZstdFailure {
        throw ArchiveFault.undecodable(file: name, reason: failure.reason)
      }
    }
    guard found.bytes == bytes, found.copied == copiedBytes, !decompressor.isInFrame,
      digest.finished() == sha256
    else { throw ArchiveFault.otherBytes(file: name) }
  }
}
