internal import JSONValues
internal import TimescaleDB

/// Manifests and descriptions.
extension ArchiveDirectory {
  /// More than a hundred thousand files' names.
  private static let manifestLimit = 64 << 20
  /// More than the most columns that a table can have.
  private static let descriptionLimit = 4 << 20

  /// - Throws: `ArchiveFault`.
  public func write(_ manifest: Manifest) throws(ArchiveFault) {
    try write(manifest.json, to: Manifest.file)
  }

  /// - Returns: nil where there is none.
  /// - Throws: `ArchiveFault`.
  public func manifest() throws(ArchiveFault) -> Manifest? {
    guard try has(Manifest.file) else { return nil }
    return try read(Manifest.file, limit: Self.manifestLimit) { try Manifest($0, file: Manifest.file) }
  }

  /// - Parameter archive: which one it has to belong to.
  /// - Throws: `ArchiveFault`.
  public func description(of name: String, in archive: String) throws(ArchiveFault) -> ArchivedChunk {
    let file = ArchivedChunk.descriptionFile(name)
    return try read(file, limit: Self.descriptionLimit) { json in
      let format = try json.number("format")
      guard ArchivedChunk.formats.contains(format) else {
        throw ArchiveFault.unreadable(file: file, .otherFormat(format))
      }
      guard try json.text("archive").utf8.elementsEqual(archive.utf8) else {
        throw ArchiveFault.otherArchive(file: file)
      }
      let found = try ArchivedChunk(json)
      guard found.name.utf8.elementsEqual(name.utf8), found.name == found.rightName else {
        throw ArchiveFault.exchanged(file: file)
      }
      return found
    }
  }

  private func read<Value>(
    _ file: String, limit: Int, _ body: (JSON) throws -> Value
  ) throws(ArchiveFault) -> Value {
    do {
      return try body(try json(file, limit: limit))
    } catch let fault as ArchiveFault {
      throw fault
    } catch let mismatch as JSON.Mismatch {
      throw .unreadable(file: file, .member(mismatch.member))
    } catch {
      throw .unreadable(file: file, .noJSON)
    }
  }
}

extension ArchivedChunk {
  /// What the file has to be called for what its description says that it holds.
  fileprivate var rightName: String {
    Self.name(
      of: chunk.name, hypertable: chunk.hypertable,
      slices: zip(chunk.dimensions, chunk.slices).map { ($0.column, $1) }, range: range)
  }
}
