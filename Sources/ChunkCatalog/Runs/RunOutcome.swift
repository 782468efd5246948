public import Postgres

/// How a run ended.
public enum RunOutcome: Sendable, Equatable {
  case done
  /// All was tried, and not all of it succeeded.
  case notAllWell
  case stopped
  case diskFull(Side)
  /// A task failed, and one failure was to end the run.
  case taskFailed
  case workerGaveUp
  case workIsLocked

  /// As `__backfill.run` keeps it. The queue is also read by people and by other versions of this program, so these texts
  /// stand here, beside the schema, and never change; what is printed of a run is what its record says.
  var recorded: String {
    switch self {
    case .done: "done"
    case .notAllWell: "done, not all well"
    case .stopped: "stopped"
    case .diskFull(let side): "the \(side.rawValue)'s disk is full"
    case .taskFailed: "a chunk failed, and --fail-fast was given"
    case .workerGaveUp: "a worker could not go on"
    case .workIsLocked: "work is left that others have locked"
    }
  }
}

extension RecordedRun {
  /// The run did all that it was asked for.
  public var isDone: Bool { outcome == RunOutcome.done.recorded }
}
