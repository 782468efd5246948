import BackfillCommands
import ChunkCatalog
import Postgres

/// What there is to tell of events, for good: nothing of those that only move the live display.
struct Telling {
  /// `Copying` or `Verifying`, for commands that work through chunks.
  var activity: String?
  var style = Style(isColoured: false)
  var detail = Detail.normal
  /// All that a server said of an error is told, also where the words about it leave something out.
  var isForLog = false

  /// - Parameter columns: of the terminal, where it is one.
  func entries(_ event: Event, columns: Int? = nil) -> [ConsoleEntry] {
    switch event {
    case .connected(let database): normally(.output(ConnectionLine.line(database)))
    case .warning(let finding):
      [.message(Message(.warning, finding))] + facts(finding.serverError, besides: finding.words)
    case .note(let finding): normally(.output(SafeText.message(finding.words.text)))
    case .planned(let workload): activity.map { normally(.output(Self.plan(workload, $0))) } ?? []
    case .began(let worker, let chunk): verbosely(ChunkLine.text(chunk, worker: worker))
    case .phase(let worker, let phase): entries(phase, of: worker)
    case .finished(let chunk) where chunk.outcome == .differs:
      [.output(ChunkLine.text(chunk, style, columns: columns))]
    case .finished(let chunk): normally(.progress(ChunkLine.text(chunk, style, columns: columns)))
    case .failed(let chunk):
      [.message(ChunkLine.message(chunk))] + facts(chunk.failure.error, besides: chunk.failure.words)
    case .refreshing(let step): normally(.progress(ChunkLine.text(step)))
    case .refreshed(let aggregate): normally(.output(ChunkLine.text(aggregate)))
    case .step(let progress): normally(.output(progress.line))
    case .loading(let progress): normally(.progress(progress.line))
    case .moved: []
    }
  }

  private static func plan(_ workload: Workload, _ activity: String) -> String {
    let before =
      workload.tasksBefore > 0 ? "; \(Quantity.count(workload.tasksBefore, "chunk")) done before" : ""
    return "\(activity) \(Quantity.count(workload.tasks, "chunk"))\(before)"
  }

  /// What a worker does is told in detail only; why it tries something again is always of interest afterwards.
  private func entries(_ phase: WorkerPhase, of worker: Int) -> [ConsoleEntry] {
    let line = "Worker \(worker): \(PhaseWords(phase, activity: activity).inFull)"
    if isForLog, phase.error != nil { return [.progress(line)] }
    return verbosely(line)
  }

  private func normally(_ entry: ConsoleEntry) -> [ConsoleEntry] { detail >= .normal ? [entry] : [] }

  private func verbosely(_ line: String) -> [ConsoleEntry] {
    detail == .verbose ? [.progress(line)] : []
  }

  /// What the server said of an error beyond the words about it.
  func facts(_ error: PostgresError?, besides words: Words) -> [ConsoleEntry] {
    guard isForLog, let error else { return [] }
    let facts = [
      ("SQLSTATE", error.sqlState), ("message", error.message), ("detail", error.detail),
      ("hint", error.hint), ("constraint", error.constraint), ("routine", error.routine),
    ]
    return facts.compactMap { name, value in
      guard let value, !words.text.contains(part: value) else { return nil }
      return .output(SafeText.message("\(name): \(value)"))
    }
  }
}

extension Telling {
  /// What a server said that made a command fail.
  static func logged(_ outcome: Outcome) -> [ConsoleEntry] {
    guard case .failed(let failure) = outcome else { return [] }
    switch failure {
    case .usage(let finding), .failed(let finding):
      return Telling(isForLog: true).facts(finding.serverError, besides: finding.words)
    case .refused, .stopped: return []
    }
  }
}
