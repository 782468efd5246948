public import Glibc

/// Where a command's result goes: a file, which is there whole or not at all, or standard output.
public struct WholeFile: Sendable, Equatable {
  /// `-` is standard output.
  public let path: String

  public init(path: String) { self.path = path }

  public var isStandardOutput: Bool { path == "-" }

  /// Something that can be written to. A file has a name of its own until all is in it.
  public struct Draft: ~Copyable {
    fileprivate let path: String
    fileprivate let descriptor: Int32
    /// nil for standard output.
    fileprivate let names: (temporary: String, final: String)?

    deinit {
      guard let names else { return }
      close(descriptor)
      // Gone already where it got its name.
      unlink(names.temporary)
    }

    /// - Throws: `ReportFinding`.
    public func append(_ bytes: [UInt8]) throws(ReportFinding) {
      let error = bytes.withUnsafeBytes { [descriptor] in Self.failure(writing: $0, to: descriptor) }
      if let error { throw .notWritten(path: path, error) }
    }

    /// Makes the file durable, and gives it its name.
    ///
    /// - Throws: `ReportFinding`.
    public consuming func publish() throws(ReportFinding) {
      guard let names else { return }
      guard fsync(descriptor) == 0, rename(names.temporary, names.final) == 0 else {
        throw .notWritten(path: path, errno)
      }
    }

    /// - Returns: the error, if there was one.
    private static func failure(writing bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
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
  }

  /// Makes the file, in the directory that it is to be in.
  ///
  /// - Parameter mode: who may do what with it, but for what the process's mask takes away.
  /// - Throws: `ReportFinding`.
  public func draft(mode: mode_t = 0o666) throws(ReportFinding) -> Draft {
    if isStandardOutput { return Draft(path: path, descriptor: STDOUT_FILENO, names: nil) }
    let final = try destination()
    let directory = final.lastIndex(of: "/").map { String(final[...$0]) } ?? ""
    let number = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(directory).backfill-\(getpid())-\(number)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(errno) }
    return Draft(path: path, descriptor: descriptor, names: (temporary, final))
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
  /// - Throws: `ReportFinding`.
  public func write(_ text: String, to draft: consuming Draft) throws(ReportFinding) {
    try draft.append(Array(text.utf8))
    try draft.publish()
  }

  private func failure(_ error: Int32) -> ReportFinding { .notWritten(path: path, error) }
}

extension ReportFinding {
  fileprivate static func notWritten(path: String, _ error: Int32) -> ReportFinding {
    .notWritten(path: path, reason: String(cString: strerror(error)))
  }
}
