import BackfillCommands
import Waiting

/// Where the report goes.
struct ReportFile: Sendable, Equatable {
  private let file: WholeFile

  /// - Parameter path: `-` is standard output.
  init(path: String) { file = WholeFile(path: path) }

  var path: String { file.path }
  var isStandardOutput: Bool { file.isStandardOutput }

  /// - Throws: `CommandFailure` of usage, as nothing was attempted.
  func draft() throws(CommandFailure) -> WholeFile.Draft {
    do throws(ReportFinding) { return try file.draft() } catch { throw .usage(.report(error)) }
  }

  /// - Throws: `CommandFailure`.
  func write(_ text: String, to draft: consuming WholeFile.Draft) throws(CommandFailure) {
    do throws(ReportFinding) { try file.write(text, to: draft) } catch { throw .failed(.report(error)) }
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
