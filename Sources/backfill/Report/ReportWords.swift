import BackfillCommands
import ChunkCatalog
import Postgres

/// The sentences of the report.
enum ReportWords {
  struct Verdict: Equatable {
    var head: String
    var text: String
    /// A class of the style sheet.
    var tone: String
  }

  struct Fact: Equatable {
    var name: String
    var value: String
    var detail: String?
  }

  static func verdict(_ report: MigrationReport) -> Verdict {
    let totals = report.totals
    func count(_ state: RecordedTask.State) -> String { Quantity.grouped(totals[state], "task") }
    let all = Quantity.grouped(totals.tasks)
    switch report.verdict {
    case .empty:
      return Verdict(head: "Nothing is staged.", text: "The queue on the target is empty.", tone: "plain")
    case .verified:
      return Verdict(
        head: "Copied and verified.",
        text: "Every one of the \(all) tasks was copied, and found equal to the source.",
        tone: "good")
    case .differing:
      return Verdict(
        head: "Different.",
        text: "\(count(.differing)) \(be(totals[.differing])) not equal to the source"
          + (totals[.failed] > 0 ? ", and \(Quantity.grouped(totals[.failed])) failed" : "")
          + "; see Failures and differences.",
        tone: "bad")
    case .failed:
      return Verdict(
        head: "Failed.", text: "\(count(.failed)) failed; see Failures and differences.", tone: "bad")
    case .unverified:
      return Verdict(
        head: "Copied, not verified.",
        text:
          "All \(all) tasks were copied; \(Quantity.grouped(totals[.copied])) of them were not compared with the source.",
        tone: "wary")
    case .unfinished:
      return Verdict(
        head: "Unfinished.",
        text: "\(count(.pending)) of \(all) \(be(totals[.pending])) not copied yet.", tone: "wary")
    }
  }

  private static func be(_ count: Int) -> String { count == 1 ? "is" : "are" }

  static func facts(_ report: MigrationReport, _ totals: ReportedTotals) -> [Fact] {
    [
      duration(report), tasks(report, totals),
      Fact(name: "Rows copied", value: Quantity.grouped(totals.rows)),
      bytes(report, totals), verification(report, totals), versions(report),
    ].compactMap { $0 }
  }

  private static func duration(_ report: MigrationReport) -> Fact? {
    guard let (began, ended) = report.period else { return nil }
    return Fact(
      name: "Duration", value: Quantity.roughTime(ended.since(began)),
      detail: "\(began.minute) to \(ended.minute); commands at work for \(Quantity.roughTime(report.worked))")
  }

  private static func tasks(_ report: MigrationReport, _ totals: ReportedTotals) -> Fact {
    let chunks = report.hypertables.reduce(0) { $0 + Set($1.tasks.map(\.facts.chunk)).count }
    let parts = report.hypertables.reduce(0) { $0 + $1.tasks.count { $0.facts.part != nil } }
    return Fact(
      name: "Chunks", value: Quantity.grouped(chunks),
      detail: "\(Quantity.grouped(totals.tasks, "task"))"
        + (parts > 0 ? ", of which \(Quantity.grouped(parts)) are parts of large chunks" : ""))
  }

  private static func bytes(_ report: MigrationReport, _ totals: ReportedTotals) -> Fact {
    let copies = report.runs.filter(\.record.copies)
    let time = copies.reduce(Duration.zero) { sum, run in
      guard let start = run.record.started, let end = run.end, end > start else { return sum }
      return sum + end.since(start)
    }
    let moved = copies.reduce(0) { $0 + $1.record.bytes }
    let commands = Words.list(
      Set(copies.map(\.record.command)).sorted().map(SafeText.line), separator: " and ")
    return Fact(
      name: "Bytes copied", value: Quantity.bytes(totals.bytes),
      detail: Quantity.rate(bytes: moved, in: time).map { "\($0) on average over the runs of \(commands)" })
  }

  /// What was compared, and how.
  private static func verification(_ report: MigrationReport, _ totals: ReportedTotals) -> Fact {
    let ids = Set(report.hypertables.lazy.flatMap(\.tasks).compactMap(\.verifiedBy)).sorted()
    let by =
      ids.isEmpty ? "" : " by run\(ids.count == 1 ? "" : "s") " + Words.list(ids.map { "\($0)" }, limit: 6)
    guard totals[.verified] > 0 else {
      return Fact(name: "Verified", value: "Nothing", detail: "Only a comparison of all values marks a task.")
    }
    return Fact(
      name: "Verified",
      value: "\(Quantity.grouped(totals[.verified])) of \(Quantity.grouped(totals.tasks, "task"))",
      detail: "by row count and a checksum over all columns,\(by.isEmpty ? " by verify" : by)")
  }

  private static func versions(_ report: MigrationReport) -> Fact? {
    var versions: [String] = []
    for run in report.runs where !versions.contains(run.record.version) {
      versions.append(run.record.version)
    }
    guard !versions.isEmpty else { return nil }
    return Fact(
      name: "Program", value: Version.program, detail: versions.map(SafeText.line).joined(separator: ", "))
  }

  /// The staged range of a hypertable, the completion point being its end.
  static func window(_ hypertable: ReportedHypertable) -> String {
    let windows = hypertable.windows.map { window in
      let from = window.from == .beginning ? "the beginning" : window.from.shown
      let to = window.to == .end ? "the end" : window.to.shown
      return "\(from) to \(to)"
    }
    guard !windows.isEmpty else { return "not recorded" }
    // Only tasks tell what kind of number it is.
    let unit = hypertable.tasks.isEmpty ? " (internal values)" : ""
    return Words.list(windows, limit: 3, separator: "; ") + unit
  }

  static func resolution(_ resolution: ReportedIncident.Resolution) -> String {
    func by(_ run: Int64?) -> String { run.map { " by run \($0)" } ?? "" }
    return switch resolution {
    case .open: "not resolved"
    case .pending: "to be copied again"
    case .copied(let run, let at): "copied\(by(run)), \(at.minute)"
    case .verified(let run, let at): "found equal\(by(run)), \(at.minute)"
    case .repeated: "happened again later"
    case .removed: "no longer in the queue"
    }
  }

  static func outcome(_ run: ReportedRun) -> String {
    if let outcome = run.record.outcome { return SafeText.line(outcome) }
    return run.record.ended == nil ? "has not ended: in progress, or killed" : "ended"
  }

  /// As it is typed; connection strings are in the environment or were left out.
  static func command(_ run: RecordedRun) -> String {
    let options = run.options.isEmpty ? "" : " \(run.options)"
    return SafeText.line("\(Version.program) \(run.command)\(options)")
  }
}

extension Timestamp {
  /// `2024-01-03 05:00`
  var minute: String { "\(date) \(time.prefix(5))" }
}
