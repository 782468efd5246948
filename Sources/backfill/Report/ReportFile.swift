import BackfillCommands
import Glibc
import Waiting

/// Where the report goes: a file, which is there whole or not at all, or standard output.
struct ReportFile: Sendable, Equatable {
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
  /// - Throws: `CommandFailure` of usage, as nothing was attempted.
  func draft() throws(CommandFailure) -> Draft {
    if isStandardOutput { return Draft(descriptor: STDOUT_FILENO, names: nil) }
    do throws(ReportFinding) {
      let final = try destination()
      let directory = final.lastIndex(of: "/").map { String(final[...$0]) } ?? ""
      let number = String(UInt64.random(in: .min ... .max), radix: 36)
      let temporary = "\(directory).report-\(getpid())-\(number)"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw failure(errno) }
      return Draft(descriptor: descriptor, names: (temporary, final))
    } catch {
      throw .usage(.report(error))
    }
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
  /// - Throws: `CommandFailure`.
  func write(_ text: String, to draft: consuming Draft) throws(CommandFailure) {
    var text = text
    let descriptor = draft.descriptor
    if let error = text.withUTF8({ Self.write(UnsafeRawBufferPointer($0), to: descriptor) }) {
      throw .failed(.report(failure(error)))
    }
    guard let names = draft.names else { return }
    guard fsync(descriptor) == 0, rename(names.temporary, names.final) == 0 else {
      throw .failed(.report(failure(errno)))
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

/// `report`, and where it goes.
struct ReportCommand: Sendable {
  var report: Report
  var file: ReportFile

  /// That the file can't be written is found before anything is asked.
  func run(_ interrupt: Interrupt, _ reporter: any Reporter) async throws(CommandFailure) -> ReportResult {
    let draft = try file.draft()
    let facts = try await report.run(interrupt: interrupt, reporter: reporter)
    let page = ReportPage(facts).html
    try file.write(page, to: draft)
    return ReportResult(
      file: file, bytes: page.utf8.count, tasks: facts.totals.tasks, verdict: facts.verdict)
  }
}

/// What `report` has written.
struct ReportResult: Sendable {
  var file: ReportFile
  var bytes: Int
  var tasks: Int
  var verdict: MigrationReport.Verdict
}
