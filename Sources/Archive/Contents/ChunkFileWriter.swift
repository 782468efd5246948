/// Writes a file of rows, COPY data in and a zstd frame out, and then its description. Whoever has it is the only one
/// who writes these two.
public struct ChunkFileWriter: ~Copyable {
  /// The description's: it is locked from the beginning to the end.
  private let claim: DraftFile
  private let draft: DraftFile
  private let compressor: Compressor
  private var digest = SHA256()
  private var bytes: Int64 = 0
  private var copiedBytes: Int64 = 0

  public static let levels = Int(Compressor.levels.lowerBound)...Int(Compressor.levels.upperBound)

  /// What was written.
  public struct Written: Sendable {
    public let bytes: Int64
    public let copiedBytes: Int64
    public let sha256: String
  }

  /// What is finished has to be looked for behind this: until then another writer may finish.
  ///
  /// - Parameter level: one of `levels`.
  /// - Returns: nil where another writer has the file.
  /// - Throws: `ArchiveFault`.
  public static func open(
    _ name: String, level: Int, in directory: ArchiveDirectory
  ) throws(ArchiveFault) -> ChunkFileWriter? {
    let file = ArchivedChunk.dataFile(name)
    guard let compressor = Compressor.make(level: Int32(level)) else { throw .outOfMemory(file: file) }
    guard let claim = try DraftFile.open(ArchivedChunk.descriptionFile(name), in: directory),
      let draft = try DraftFile.open(file, in: directory)
    else { return nil }
    return ChunkFileWriter(claim: claim, draft: draft, compressor: compressor)
  }

  private init(claim: consuming DraftFile, draft: consuming DraftFile, compressor: consuming Compressor) {
    self.claim = claim
    self.draft = draft
    self.compressor = compressor
  }

  /// - Throws: `ArchiveFault`.
  public mutating func append(_ block: UnsafeRawBufferPointer) throws(ArchiveFault) {
    copiedBytes += Int64(block.count)
    try compress(block, isLast: false)
  }

  /// Ends the frame, gives the file its name, and describes it.
  ///
  /// - Throws: `ArchiveFault`.
  public mutating func publish(
    of archive: String, _ describe: (Written) -> ArchivedChunk
  ) throws(ArchiveFault) -> ArchivedChunk {
    try compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    try draft.publish()
    let description = describe(
      Written(bytes: bytes, copiedBytes: copiedBytes, sha256: digest.finished()))
    try claim.write(description.json(archive: archive).document)
    try claim.publish()
    return description
  }

  /// Takes away what was written.
  public func discard() {
    draft.discard()
    claim.discard()
  }

  private mutating func compress(
    _ block: UnsafeRawBufferPointer, isLast: Bool
  ) throws(ArchiveFault) {
    var digest = digest
    var bytes = bytes
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
    self.digest = digest
    self.bytes = bytes
  }
}
