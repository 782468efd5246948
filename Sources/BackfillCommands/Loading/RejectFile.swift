import ChunkCatalog
import Glibc
import Postgres

/// The file of rejected records, as they stood in their inputs, so that they can be loaded once they are mended; and
/// beside it, with `.reasons` behind its name, a line for each of them in COPY's text format: input, line, column,
/// SQLSTATE, message. Both are written anew from what the batches' transactions have kept, so that no stop loses a
/// record or doubles one.
struct RejectFile {
  let path: String
  /// The inputs' names by their numbers.
  let names: [Int: String]
  /// Stands above the records.
  let header: [UInt8]?

  private static let page = 500

  /// Whether they can be written at all, found out by making them.
  ///
  /// - Throws: `LoadFailure`.
  func check() throws(LoadFailure) {
    for name in [path, reasonsPath] { _ = try DraftFile(for: name) }
  }

  /// - Returns: how many records there are; nil where there are none, and nothing was written.
  /// - Throws: `LoadFailure`, `PostgresError`.
  func write(_ load: Int64, on session: borrowing Connection) throws -> Int64? {
    var page = try RejectedRecord.next(of: load, after: nil, limit: Self.page, on: session)
    guard !page.isEmpty else { return nil }
    let records = try DraftFile(for: path)
    let reasons = try DraftFile(for: reasonsPath)
    try records.write(header ?? [])
    var count: Int64 = 0
    while let last = page.last {
      for (_, record) in page {
        let needsNewline = record.record.last != UInt8(ascii: "\n")
        try records.write(record.record + (needsNewline ? [UInt8(ascii: "\n")] : []))
        try reasons.write(Array(reason(record).utf8))
        count += 1
      }
      page = try RejectedRecord.next(of: load, after: last.place, limit: Self.page, on: session)
    }
    try reasons.finish()
    try records.finish()
    return count
  }

  private var reasonsPath: String { path + ".reasons" }

  private func reason(_ record: RejectedRecord) -> String {
    let values = [
      names[record.input] ?? "", "\(record.line)", record.column, record.sqlState, record.message,
    ]
    return values.map { $0.map(Self.escaped) ?? "\\N" }.joined(separator: "\t") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    [("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")].reduce(text) {
      $0.replacing(part: $1.0, with: $1.1)
    }
  }
}

/// A file that has a name of its own until all is in it.
private final class DraftFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(for path: String) throws(LoadFailure) {
    self.path = path
    let number = String(UInt64.random(in: .min ... .max), radix: 36)
    temporary = "\(path).\(number)"
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw .finding(.rejectsNotWritten(path: path, reason: "it is there, and no file"))
    }
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(errno) }
  }

  deinit {
    close(descriptor)
    // Gone already where it got its name.
    unlink(temporary)
  }

  func write(_ bytes: [UInt8]) throws(LoadFailure) {
    buffer += bytes
    if buffer.count > 1 << 16 { try flush() }
  }

  /// Makes it durable, and gives it its name.
  func finish() throws(LoadFailure) {
    try flush()
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure(errno) }
  }

  private func flush() throws(LoadFailure) {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(errno) }
      rest = rest.dropFirst(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func failure(_ error: Int32) -> LoadFailure {
    .finding(.rejectsNotWritten(path: path, reason: String(cString: strerror(error))))
  }
}
