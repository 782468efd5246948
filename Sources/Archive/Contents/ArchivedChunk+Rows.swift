extension ArchivedChunk {
  /// Hands out the rows, as COPY data block by block, and makes sure that they come from the file that is described:
  /// by its length, its digest and the length of what is in it. Only where this returns, what was handed out may be
  /// kept.
  ///
  /// - Throws: `ArchiveFault`; what `body` throws.
  public func readRows(
    in directory: ArchiveDirectory, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let file = Self.dataFile(name)
    guard var decompressor = Decompressor.make() else { throw ArchiveFault.outOfMemory(file: file) }
    var digest = SHA256()
    var found: (bytes: Int64, copied: Int64) = (0, 0)
    try directory.read(file) { block in
      digest.append(block)
      found.bytes += Int64(block.count)
      guard found.bytes <= bytes else { throw ArchiveFault.otherBytes(file: file) }
      do {
        try decompressor.decompress(block) { rows in
          found.copied += Int64(rows.count)
          guard found.copied <= copiedBytes else { throw ArchiveFault.otherBytes(file: file) }
          try body(rows)
        }
      } catch let failure as ZstdFailure {
        throw ArchiveFault.undecodable(file: file, reason: failure.reason)
      }
    }
    guard found.bytes == bytes, found.copied == copiedBytes, !decompressor.isInFrame,
      digest.finished() == sha256
    else { throw ArchiveFault.otherBytes(file: file) }
  }
}

extension ArchiveDirectory {
  /// Whether a file is finished: described, and there at its length. That its bytes are the right ones is known where
  /// it is read.
  ///
  /// - Throws: `ArchiveFault`; not for a description that can't be used.
  public func finished(_ name: String, in archive: String) throws(ArchiveFault) -> ArchivedChunk? {
    guard try has(ArchivedChunk.descriptionFile(name)) else { return nil }
    do throws(ArchiveFault) {
      let described = try description(of: name, in: archive)
      return try size(of: ArchivedChunk.dataFile(name)) == described.bytes ? described : nil
    } catch {
      if case .refused = error { throw error }
      return nil
    }
  }
}
