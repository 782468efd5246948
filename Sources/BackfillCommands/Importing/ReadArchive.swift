import Archive
import ChunkPairs
import Postgres
import TimescaleDB

/// An archive that is read.
struct ReadArchive: Sendable {
  let directory: ArchiveDirectory
  let manifest: Manifest

  /// - Throws: `CommandFailure`.
  static func open(_ path: String) throws(CommandFailure) -> ReadArchive {
    let directory = ArchiveDirectory(path)
    return try faults(in: path) { () throws(ArchiveFault) in
      guard let manifest = try directory.manifest() else { throw .missing(file: Manifest.file) }
      return ReadArchive(directory: directory, manifest: manifest)
    }
  }

  var tasks: TaskArchive { TaskArchive(directory, id: manifest.id) }

  /// The hypertables that it is about.
  var hypertables: [Hypertable] { manifest.hypertables.map(\.hypertable) }

  /// What all its files hold. Whether their bytes are the right ones is found when they are read.
  ///
  /// - Throws: `CommandFailure`, also where a file isn't there.
  func contents() throws(CommandFailure) -> [ArchivedChunk] {
    try Self.faults(in: directory.path) { () throws(ArchiveFault) in
      var found: [ArchivedChunk] = []
      for name in manifest.files {
        guard try directory.has(ArchivedChunk.descriptionFile(name)) else { continue }
        let described = try directory.description(of: name, in: manifest.id)
        if try hasFiles(of: described) { found.append(described) }
      }
      return found
    }
  }

  private func hasFiles(of chunk: ArchivedChunk) throws(ArchiveFault) -> Bool {
    for file in chunk.files {
      guard try directory.has(file.name) else { return false }
    }
    return true
  }

  private static func faults<Value>(
    in path: String, _ body: () throws(ArchiveFault) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(ArchiveFault) {
      return try body()
    } catch {
      throw .failed(.archive(.fault(directory: path, error)))
    }
  }
}
