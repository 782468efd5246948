import BackfillCommands
import Postgres

/// What a worker is doing, in a few words.
struct PhaseWords {
  private let phase: WorkerPhase
  /// `Copying`, `Verifying` or `Counting`, for what a comparison is here.
  private let activity: String?

  init(_ phase: WorkerPhase, activity: String? = nil) {
    self.phase = phase
    self.activity = activity
  }

  /// For a line of its own: with the time that is waited, and why.
  var inFull: String {
    switch phase {
    case .retrying(let wait, let error):
      "trying again in \(Quantity.time(wait)): \(SafeText.line(error.text))"
    case .reconnecting(let wait, let error):
      "connecting again in \(Quantity.time(wait)): \(SafeText.line(error.text))"
    default: text
    }
  }

  /// - Parameters:
  ///   - percent: of the chunk's rows, where that is known.
  ///   - left: of the wait, where it is one.
  func brief(percent: Int? = nil, left: Duration = .zero) -> String {
    switch phase {
    case .copying: percent.map { "copying \($0) %" } ?? text
    case .retrying: "retrying in \(Quantity.roughTime(left))"
    case .reconnecting: "connecting in \(Quantity.roughTime(left))"
    default: text
    }
  }

  private var text: String {
    switch phase {
    case .describing: "looking at the chunk"
    case .preparing: "preparing its parts"
    case .clearing: "clearing"
    case .decompressing: "decompressing"
    case .copying: "copying"
    case .compressing: "compressing"
    case .indexing(let number?, let count): "building index \(number) of \(count)"
    case .indexing(nil, 1): "building an index"
    case .indexing(nil, let count): "building \(count) indexes"
    case .comparing: activity?.lowercased() ?? "comparing"
    case .locating: "finding differences"
    case .committing: "committing"
    case .awaitingLock(let processes):
      "waiting for lock (pid \(Words.list(processes.map(String.init), limit: 2)))"
    case .retrying: "trying again"
    case .reconnecting: "connecting again"
    }
  }
}

extension WorkerPhase {
  /// Why the worker tries something again.
  var error: PostgresError? {
    switch self {
    case .retrying(_, let error), .reconnecting(_, let error): error
    default: nil
    }
  }

  /// How long it waits before that.
  var wait: Duration? {
    switch self {
    case .retrying(let wait, _), .reconnecting(let wait, _): wait
    default: nil
    }
  }
}
