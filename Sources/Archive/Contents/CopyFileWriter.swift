public import Postgres

/// Writes COPY data into a file, as a zstd frame.
public final class CopyFileWriter {
  private let draft: DraftFile
  private let compressor: Compressor
  private var digest = SHA256()
  private var bytes: Int64 = 0
  private var copiedBytes: Int64 = 0

  init(_ file: String, level: Int, in directory: ArchiveDirectory) throws(ArchiveFault) {
    guard let compressor = Compressor.make(level: Int32(level)) else { throw .outOfMemory(file: file) }
    guard let draft = try DraftFile.open(file, in: directory) else {
      throw .refused(file: file, reason: "another process is writing it")
    }
    self.compressor = compressor
    self.draft = draft
  }

  /// - Throws: `ArchiveFault`.
  public func append(_ block: UnsafeRawBufferPointer) throws(ArchiveFault) {
    copiedBytes += Int64(block.count)
    try compress(block, isLast: false)
  }

  /// Ends the frame, and gives the file its name.
  ///
  /// - Parameters:
  ///   - columns: of the tuples that were written, in their order.
  ///   - tuples: how many they are.
  /// - Throws: `ArchiveFault`.
  public func publish(
    _ format: ArchivedFile.Format, columns: [Identifier], tuples: Int64
  ) throws(ArchiveFault) -> ArchivedFile {
    try compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    try draft.publish()
    return ArchivedFile(
      name: draft.file, format: format, columns: columns, tuples: tuples, copiedBytes: copiedBytes,
      bytes: bytes, sha256: digest.finished())
  }

  private func compress(_ block: UnsafeRawBufferPointer, isLast: Bool) throws(ArchiveFault) {
    do {
      try compressor.compress(block, isLast: isLast) { made in
        digest.append(made)
        bytes += Int64(made.count)
        try draft.write(made)
      }
    } catch let fault as ArchiveFault {
      throw fault
    } catch {
      throw .outOfMemory(file: draft.file)
    }
  }
}
