import ChunkCatalog
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
    try LoadFailure.converting { () throws(ReportFinding) in
      for file in [file, reasonsFile] { _ = try draft(file) }
    }
  }

  /// - Returns: how many records there are; nil where there are none, and nothing was written.
  /// - Throws: `LoadFailure`, `PostgresError`.
  func write(_ load: Int64, on session: borrowing Connection) throws -> Int64? {
    do {
      return try writeBoth(load, on: session)
    } catch let finding as ReportFinding {
      throw LoadFailure.finding(.rejectsNotWritten(finding))
    }
  }

  private func writeBoth(_ load: Int64, on session: borrowing Connection) throws -> Int64? {
    var page = try RejectedRecord.next(of: load, after: nil, limit: Self.page, on: session)
    guard !page.isEmpty else { return nil }
    let records = try draft(file)
    let reasons = try draft(reasonsFile)
    try records.append(header ?? [])
    var count: Int64 = 0
    while let last = page.last {
      var lines: [UInt8] = []
      for (_, record) in page {
        let needsNewline = record.record.last != UInt8(ascii: "\n")
        try records.append(record.record + (needsNewline ? [UInt8(ascii: "\n")] : []))
        lines += Array(reason(record).utf8)
        count += 1
      }
      try reasons.append(lines)
      page = try RejectedRecord.next(of: load, after: last.place, limit: Self.page, on: session)
    }
    try reasons.publish()
    try records.publish()
    return count
  }

  /// Standard output is for the summary.
  private var file: WholeFile { WholeFile(path: path == "-" ? "./-" : path) }
  private var reasonsFile: WholeFile { WholeFile(path: path + ".reasons") }

  /// What was rejected is its owner's alone.
  private func draft(_ file: WholeFile) throws(ReportFinding) -> WholeFile.Draft {
    try file.draft(mode: 0o600)
  }

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

extension LoadFailure {
  /// Does something with the file, or one beside it.
  fileprivate static func converting(_ body: () throws(ReportFinding) -> Void) throws(LoadFailure) {
    do throws(ReportFinding) { try body() } catch { throw .finding(.rejectsNotWritten(error)) }
  }
}
