import BackfillCommands
import ChunkCatalog
import Postgres

/// What `status` says, as lines of text. What matters most stands first, as a window may be too low for all of it.
struct StatusText {
  let result: StatusResult

  /// Failures, and workers of a run, that are shown; a document has them all.
  private static let limit = 20

  init(_ result: StatusResult) { self.result = result }

  /// - Parameter columns: how wide the lines may be; nil breaks none.
  func lines(columns: Int? = nil) -> [String] {
    var lines = ["At \(result.now.whole)", ""] + summary + jobs
    var blocks = [stuck, runs, failures, table, deferred].filter { !$0.isEmpty }
    if let next = result.next { blocks.append(["Next: \(next.command(of: result.archive))"]) }
    for block in blocks { lines += [""] + block }
    guard let columns else { return lines }
    return lines.flatMap { Self.wrapped($0, columns: columns) }
  }

  /// The first word of `summary`, by which it is known from afar.
  static func headline(_ verdict: StatusResult.Verdict) -> String {
    switch verdict {
    case .done: "Done:"
    case .failed: "Failed:"
    case .differs: "Different:"
    case .running: "Running:"
    case .waiting: "Waiting:"
    }
  }

  private var summary: [String] {
    let progress = result.progress
    switch result.queue {
    case .absent where result.runs.isEmpty:
      return ["Nothing is staged on this target: it has no queue (schema __backfill)"]
    case .absent, .empty: return ["Nothing is staged on this target: the queue is empty"]
    case .present: break
    }
    var lines = ["\(Self.headline(result.verdict)) \(verdict)", done(progress)]
    if let pace { lines.append(pace) }
    return lines
  }

  private var jobs: [String] {
    guard let count = result.recordedJobs, count > 0 else { return [] }
    return [
      "\(Quantity.count(count, "job")) of the target \(count == 1 ? "is" : "are") turned off (jobs list)"
    ]
  }

  private var verdict: String {
    let progress = result.progress
    let running = result.isRunning ? "; a run is going on" : ""
    switch result.verdict {
    case .done: return "all chunks are copied and verified"
    case .failed: return "\(Quantity.count(progress.failed, "task")) failed\(running)"
    case .differs:
      let failed = progress.failed > 0 ? ", \(progress.failed) failed" : ""
      return
        "\(progress.differing) \(progress.differing == 1 ? "chunk differs" : "chunks differ") from the source"
        + failed + running
    case .running:
      let commands = result.runs.filter { $0.state == .running }.map(\.command)
      return Words.list(Set(commands).sorted().map(SafeText.line))
    case .waiting:
      let left = progress.tasks.all - progress.tasks.copied
      if left > 0 { return "\(Quantity.count(left, "task")) left to copy, and nobody is on it" }
      let unverified = progress.tasks.all - progress.tasks.verified
      return unverified > 0
        ? "\(Quantity.count(unverified, "task")) left to verify, and nobody is on it"
        : "chunks lack something that is to be restored"
    }
  }

  private func done(_ progress: QueueProgress) -> String {
    let chunks = progress.chunks
    var facts = [
      "\(chunks.copied) of \(Quantity.count(chunks.all, "chunk")) copied, \(chunks.verified) verified"
    ]
    if progress.copiedRows > 0 { facts.append(Quantity.count(progress.copiedRows, "row")) }
    if let all = progress.allBytes, all > progress.copiedBytes {
      let percent = Quantity.fixed(100 * Double(progress.copiedBytes) / Double(all), decimals: 0)
      facts.append(
        "\(Quantity.bytes(progress.copiedBytes)) of about \(Quantity.bytes(all)) (\(percent) %)")
    } else if progress.copiedBytes > 0 {
      facts.append(Quantity.bytes(progress.copiedBytes))
    }
    return facts.joined(separator: "; ")
  }

  private var pace: String? {
    guard let pace = result.pace else { return nil }
    let verb = pace.work == .copying ? "Copying" : "Verifying"
    let rate =
      pace.bytesPerSecond >= 1 ? " at \(Quantity.bytes(Int64(pace.bytesPerSecond)))/s" : ""
    let recently = "\(verb)\(rate) over the last \(Quantity.roughTime(pace.window))"
    guard let left = pace.left else { return recently }
    let assumption =
      pace.basis == .bytes
      ? "if the rest goes at this rate"
      : "by the number of chunks, as the sizes of those left are not known"
    return "\(recently); about \(Quantity.roughTime(left)) left, \(assumption)"
  }

  private var stuck: [String] {
    guard !result.troubles.isEmpty else { return [] }
    return ["Stuck or dead:"]
      + Self.limited(result.troubles) { trouble in
        let words = trouble.words
        return ["  \(words.text)"] + (words.hint.map { ["    \($0)"] } ?? [])
      }
  }

  private var runs: [String] {
    var lines: [String] = []
    for run in result.runs where run.state != .ended && run.state != .dead { lines += told(run) }
    if lines.isEmpty, let last = result.runs.first(where: { $0.state == .ended }) { lines += told(last) }
    return lines
  }

  private func told(_ run: RunStatus) -> [String] {
    guard let record = run.record else {
      return ["\(SafeText.line(run.command)), not in the run history"] + workers(run)
    }
    let begun = record.started.map { ", begun \($0.whole)" } ?? ""
    let ended = record.ended.map { ", ended \($0.whole): \(SafeText.line(record.outcome ?? ""))" } ?? ""
    let silent = run.state == .silent ? ", silent" : ""
    var facts = Quantity.count(record.chunks, "chunk")
    if record.rows > 0 { facts += ", \(Quantity.count(record.rows, "row"))" }
    if record.bytes > 0 { facts += ", \(Quantity.bytes(record.bytes))" }
    if record.failures > 0 { facts += ", \(record.failures) failed" }
    let head = record.shown
    return [head.prefix(1).uppercased() + head.dropFirst() + "\(begun)\(ended)\(silent); \(facts)"]
      + workers(run)
  }

  private func workers(_ run: RunStatus) -> [String] {
    let lines = Self.limited(run.workers) { worker in
      let since = worker.since.map { result.now.since($0) }
      let what = "  process \(worker.process): \(worker.phase.shown(since: since))"
      return [what + (worker.task.map { "; \($0.shown)" } ?? "")]
    }
    return lines + (run.idle > 0 ? ["  \(Quantity.count(run.idle, "session")) without a task"] : [])
  }

  /// A row for each hypertable, its name last, as that may be long.
  private var table: [String] {
    let heads = ["chunks", "copied", "verified", "rows", "bytes"]
    let rows = result.hypertables.map { hypertable in
      let progress = hypertable.progress
      return [
        "\(progress.chunks.all)", "\(progress.chunks.copied)", "\(progress.chunks.verified)",
        "\(progress.copiedRows)", Quantity.bytes(progress.copiedBytes),
      ]
    }
    guard !rows.isEmpty else { return [] }
    let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
    func row(_ cells: [String], _ name: String) -> String {
      let right = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
      return "\(right.joined(separator: "  "))  \(name)"
    }
    let told = zip(rows, result.hypertables).map { cells, hypertable in
      let progress = hypertable.progress
      let remarks = [
        progress.failed > 0 ? "\(progress.failed) failed" : nil,
        progress.differing > 0
          ? "\(progress.differing) \(progress.differing == 1 ? "differs" : "differ")" : nil,
      ].compactMap { $0 }
      let name = hypertable.name.shown
      return row(cells, remarks.isEmpty ? name : "\(name): \(remarks.joined(separator: ", "))")
    }
    return [row(heads, "hypertable")] + told
  }

  private var failures: [String] {
    guard !result.failures.isEmpty else { return [] }
    return ["Failed or different:"]
      + Self.limited(result.failures) { trouble in
        let attempts = trouble.attempts > 1 ? ", \(trouble.attempts) attempts" : ""
        let when = trouble.at.map { ", \($0.whole)" } ?? ""
        let verb = trouble.kind == .failed ? "failed" : "differs"
        return ["  \(trouble.task.shown) \(verb)\(attempts)\(when):"]
          + SafeText.message(trouble.message, indent: "").split(separator: "\n").map { "    \($0)" }
      }
  }

  private var deferred: [String] {
    let waiting = result.deferred.filter { $0.work.partsLeft > 0 }
    guard !waiting.isEmpty else { return [] }
    return ["Put off until all parts are copied:"]
      + Self.limited(waiting) {
        ["  \($0.shownChunk): \($0.shownWork); \(Quantity.count($0.work.partsLeft, "part")) left"]
      }
  }

  private static func limited<Item>(_ items: [Item], _ body: (Item) -> [String]) -> [String] {
    let more = items.count - limit
    return items.prefix(limit).flatMap(body) + (more > 0 ? ["  ... and \(more) more (status --json)"] : [])
  }

  /// Breaks a line between words; what goes on is indented by two more. A word that is too long stays whole.
  static func wrapped(_ line: String, columns: Int) -> [String] {
    guard LiveRegion.width(of: line) > columns else { return [line] }
    let margin = String(line.prefix { $0 == " " })
    var lines: [String] = []
    var current = ""
    for word in line.dropFirst(margin.count).split(separator: " ", omittingEmptySubsequences: false) {
      let grown = current.isEmpty ? "\(margin)\(word)" : "\(current) \(word)"
      if !current.isEmpty, LiveRegion.width(of: grown) > columns {
        lines.append(current)
        current = "\(margin)  \(word)"
      } else {
        current = grown
      }
    }
    return lines + [current]
  }
}
