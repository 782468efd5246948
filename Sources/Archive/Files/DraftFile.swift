import Glibc
internal import JSONValues

/// A file that is being written, under its name with ".part" behind it. One process or thread at a time has it: the
/// others find it locked, until its writer gives it its name, gives it up, or is gone.
struct DraftFile: ~Copyable {
  private let directory: ArchiveDirectory
  let file: String
  private let descriptor: Int32

  private static func temporaryName(of file: String) -> String { file + ".part" }

  /// - Returns: nil where another writer has it.
  /// - Throws: `ArchiveFault`.
  static func open(_ file: String, in directory: ArchiveDirectory) throws(ArchiveFault) -> DraftFile? {
    let name = temporaryName(of: file)
    while let descriptor = try directory.openLocked(name, for: file) {
      // Between opening and locking a writer may have finished: then this is the finished file, or one that is gone.
      guard isSame(descriptor, directory.place(of: name)) else {
        close(descriptor)
        continue
      }
      let draft = DraftFile(directory: directory, file: file, descriptor: descriptor)
      // What an earlier writer has left behind.
      guard ftruncate(descriptor, 0) == 0 else { throw directory.fault(errno, file: file) }
      return draft
    }
    return nil
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var own = Glibc.stat()
    var found = Glibc.stat()
    return fstat(descriptor, &own) == 0 && stat(path, &found) == 0 && own.st_ino == found.st_ino
      && own.st_dev == found.st_dev
  }

  deinit { close(descriptor) }

  /// - Throws: `ArchiveFault`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFault) {
    if let error = failure(toWrite: bytes) { throw directory.fault(error, file: file) }
  }

  /// - Throws: `ArchiveFault`.
  func write(_ text: String) throws(ArchiveFault) {
    let error = Array(text.utf8).withUnsafeBytes { failure(toWrite: $0) }
    if let error { throw directory.fault(error, file: file) }
  }

  /// The system's error; nil where all was written.
  private func failure(toWrite bytes: UnsafeRawBufferPointer) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  /// Makes the content durable, gives the file its name, and makes that durable.
  ///
  /// - Throws: `ArchiveFault`.
  func publish() throws(ArchiveFault) {
    guard fsync(descriptor) == 0,
      rename(directory.place(of: Self.temporaryName(of: file)), directory.place(of: file)) == 0
    else { throw directory.fault(errno, file: file) }
    try directory.synchronize()
  }

  /// Takes it away. For its writer alone, while it has the lock.
  func discard() { Self.discard(file, in: directory) }

  /// The same by its name, for who has the lock of the chunk that it is of.
  static func discard(_ file: String, in directory: ArchiveDirectory) {
    unlink(directory.place(of: temporaryName(of: file)))
  }
}

extension ArchiveDirectory {
  func write(_ text: JSON, to file: String) throws(ArchiveFault) { try write(text.document, to: file) }

  /// Writes a text file, in place of one of that name.
  ///
  /// - Throws: `ArchiveFault`.
  public func write(_ text: String, to file: String) throws(ArchiveFault) {
    guard let draft = try DraftFile.open(file, in: self) else {
      throw .refused(file: file, reason: "another process is writing it")
    }
    do throws(ArchiveFault) {
      try draft.write(text)
      try draft.publish()
    } catch {
      draft.discard()
      throw error
    }
  }
}
