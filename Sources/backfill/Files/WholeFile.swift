import BackfillCommands
import Glibc

/// Where a command's result goes: a file, which is there whole or not at all, or standard output.
struct WholeFile: Sendable, Equatable {
  /// `-` is standard output.
  let path: String

  var isStandardOutput: Bool { path == "-" }

  /// Something that can be written to. A file has a name of its own until all is in it.
  struct Draft: ~Copyable {
    fileprivate let descriptor: Int32
    /// nil for standard output.
    fileprivate let names: (temporary: String, final: String)?

    deinit {
      guard let names else { return }
      close(descriptor)
      // Gone already where it got its name.
      unlink(names.temporary)
    }
  }

  /// Makes the file, in the directory that it is to be in.
  ///
  func draft() throws(ReportFinding) -> Draft {
    if isStandardOutput { return Draft(descriptor: STDOUT_FILENO, names: nil) }
    let final = try destination()
    let directory = final.lastIndex(of: "/").map { String(final[...$0]) } ?? ""
    let number = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(directory).backfill-\(getpid())-\(number)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(errno) }
    return Draft(descriptor: descriptor, names: (temporary, final))
  }

  /// A link stays one, and what it leads to is replaced. What is no file isn't replaced by one.
  private func destination() throws(ReportFinding) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw failure(errno) }
      if path.hasSuffix("/") { throw .isDirectory(path: path) }
      return path
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory(path: path)
    default: throw .isNoFile(path: path)
    }
    guard access(path, W_OK) == 0 else { throw failure(errno) }
    guard let real = realpath(path, nil) else { throw failure(errno) }
    defer { free(real) }
    return String(cString: real)
  }

  /// Fills the file, makes it durable, and gives it its name.
  ///
  func write(_ text: String, to draft: consuming Draft) throws(ReportFinding) {
    var text = text
    let descriptor = draft.descriptor
    if let error = text.withUTF8({ Self.write(UnsafeRawBufferPointer($0), to: descriptor) }) {
      throw failure(error)
    }
    guard let names = draft.names else { return }
    guard fsync(descriptor) == 0, rename(names.temporary, names.final) == 0 else {
      throw failure(errno)
    }
  }

  /// - Returns: the error, if there was one.
  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno == EAGAIN {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&request, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  private func failure(_ error: Int32) -> ReportFinding {
    .notWritten(path: path, reason: String(cString: strerror(error)))
  }
}
