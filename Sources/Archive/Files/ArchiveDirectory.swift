import Glibc

/// The directory that an archive is in. Every file of it is written under a temporary name, is made durable, and then
/// gets its own: what has a name is whole.
public struct ArchiveDirectory: Sendable, Equatable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// Makes the directory where there is none. It is its owner's alone, as pg_dump's is.
  ///
  /// - Throws: `ArchiveFault`.
  public func make() throws(ArchiveFault) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw fault(errno, file: path)
  }

  func place(of file: String) -> String { path.hasSuffix("/") ? path + file : "\(path)/\(file)" }

  /// - Throws: `ArchiveFault`.
  public func has(_ file: String) throws(ArchiveFault) -> Bool {
    try size(of: file) != nil
  }

  /// How many bytes a file has; nil where there is none.
  ///
  /// - Throws: `ArchiveFault`.
  public func size(of file: String) throws(ArchiveFault) -> Int64? {
    var status = stat()
    if stat(place(of: file), &status) == 0 { return Int64(status.st_size) }
    guard errno == ENOENT else { throw fault(errno, file: file) }
    return nil
  }

  /// Takes a file away; nothing is done where there is none.
  ///
  /// - Throws: `ArchiveFault`.
  public func remove(_ file: String) throws(ArchiveFault) {
    guard unlink(place(of: file)) != 0, errno != ENOENT else { return }
    throw fault(errno, file: file)
  }

  /// Makes the names in it durable.
  ///
  /// - Throws: `ArchiveFault`.
  func synchronize() throws(ArchiveFault) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault(errno, file: path) }
    defer { close(descriptor) }
    // Some network file systems know no such thing.
    guard fsync(descriptor) != 0, errno != EINVAL else { return }
    throw fault(errno, file: path)
  }

  /// Opens a file, which is made where there is none, and locks it for as long as it is open.
  ///
  /// - Parameter name: in the directory; `file` is what it is told by.
  /// - Returns: nil where another process or thread has it locked.
  /// - Throws: `ArchiveFault`.
  func openLocked(_ name: String, for file: String) throws(ArchiveFault) -> Int32? {
    let descriptor = open(place(of: name), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fault(errno, file: file) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno
      close(descriptor)
      guard error == EWOULDBLOCK else { throw fault(error, file: file) }
      return nil
    }
    return descriptor
  }

  func fault(_ error: Int32, file: String) -> ArchiveFault {
    let reason = String(cString: strerror(error))
    // A limit on the size of files is no more room, too.
    return [ENOSPC, EDQUOT, EFBIG].contains(error)
      ? .full(file: file, reason: reason) : .refused(file: file, reason: reason)
  }
}
