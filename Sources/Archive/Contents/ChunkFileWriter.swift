/// Writes the files of a chunk, and then their description. Whoever has it is the only one who writes these.
public struct ChunkFileWriter: ~Copyable {
  private let name: String
  private let level: Int
  private let directory: ArchiveDirectory
  /// The description's: it is locked from the beginning to the end.
  private let claim: DraftFile

  public static let levels = Int(Compressor.levels.lowerBound)...Int(Compressor.levels.upperBound)

  /// What is finished has to be looked for behind this: until then another writer may finish.
  ///
  /// - Parameter level: one of `levels`.
  /// - Returns: nil where another writer has the chunk.
  /// - Throws: `ArchiveFault`.
  public static func open(
    _ name: String, level: Int, in directory: ArchiveDirectory
  ) throws(ArchiveFault) -> ChunkFileWriter? {
    guard let claim = try DraftFile.open(ArchivedChunk.descriptionFile(name), in: directory) else {
      return nil
    }
    return ChunkFileWriter(name, level: level, in: directory, claim: claim)
  }

  private init(_ name: String, level: Int, in directory: ArchiveDirectory, claim: consuming DraftFile) {
    self.name = name
    self.level = level
    self.directory = directory
    self.claim = claim
  }

  /// - Throws: `ArchiveFault`.
  public func openRows() throws(ArchiveFault) -> CopyFileWriter {
    try CopyFileWriter(ArchivedChunk.dataFile(name), level: level, in: directory)
  }

  /// - Throws: `ArchiveFault`.
  public func openBatches() throws(ArchiveFault) -> CopyFileWriter {
    try CopyFileWriter(ArchivedChunk.batchFile(name), level: level, in: directory)
  }

  /// Writes the description, once the files that it is about have their names. An earlier run, which saw the chunk in
  /// another form, may have left a file that isn't among them.
  ///
  /// - Throws: `ArchiveFault`.
  public func publish(_ description: ArchivedChunk, of archive: String) throws(ArchiveFault) {
    let described = description.files.map(\.name)
    for file in Self.dataFiles(name) where !described.contains(file) { try directory.remove(file) }
    try claim.write(description.json(archive: archive).document)
    try claim.publish()
  }

  /// Takes away what was written.
  public func discard() {
    for file in Self.dataFiles(name) { DraftFile.discard(file, in: directory) }
    claim.discard()
  }

  private static func dataFiles(_ name: String) -> [String] {
    [ArchivedChunk.dataFile(name), ArchivedChunk.batchFile(name)]
  }
}
