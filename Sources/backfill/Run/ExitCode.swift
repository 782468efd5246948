import BackfillCommands
import ChunkCatalog
import Postgres
import Waiting

/// What scripts are told; a contract.
enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  case usage = 2
  case different = 3
  /// Only of `status`: a run is going on.
  case running = 4
  /// Of `status`: work is left, and nobody is on it. Of `migrate`: a person has to do or to tell something first.
  case waiting = 5
  case stopped = 130
}

extension StatusResult.Verdict {
  var exitCode: ExitCode {
    switch self {
    case .done: .done
    case .failed, .differs: .failed
    case .running: .running
    case .waiting: .waiting
    }
  }
}

extension Outcome {
  /// A difference outweighs all else: it is what verify was asked for, and going on won't take it away. Being
  /// stopped outweighs failures, as running again retries those too.
  func exitCode(stage: Interrupt.Stage) -> ExitCode {
    switch self {
    case .checked(let result): result.isReady ? .done : .failed
    case .moved, .staged, .cleaned, .reported: .done
    case .jobs(let result): result.problems.isEmpty ? .done : .failed
    case .loaded(let result): result.stopped ? .stopped : result.failure == nil ? .done : .failed
    case .stated(let result): result.verdict.exitCode
    case .copied(let result) where !result.unstaged.isEmpty || !result.again.held.isEmpty: .failed
    case .copied(let result):
      Self.exitCode(stopped: result.stopped, result.rest, failures: result.failures.count)
    case .verified(let result) where result.differing > 0 || !result.strays.isEmpty: .different
    // No proof, but nothing to go on after, either: see `Estimates.distance`.
    case .verified(let result) where result.estimates?.farApart.isEmpty == false: .different
    case .verified(let result) where result.stopped && result.estimates != nil: .stopped
    case .verified(let result) where result.estimates?.unknown.isEmpty == false: .failed
    case .verified(let result) where !result.unstaged.isEmpty || !result.again.held.isEmpty: .failed
    case .verified(let result):
      Self.exitCode(stopped: result.stopped, result.rest, failures: result.failures.count)
    case .exported(let result):
      Self.exitCode(
        stopped: result.stopped, RestOfWork(remaining: result.left), failures: result.failures.count)
    case .imported(let result) where !result.again.held.isEmpty: .failed
    case .imported(let result):
      Self.exitCode(stopped: result.stopped, result.rest, failures: result.failures.count)
    case .refreshed(let result) where result.stopped: .stopped
    case .refreshed(let result): result.failures.isEmpty ? .done : .failed
    case .failed(.usage): .usage
    case .failed(.stopped): .stopped
    // What a cancelled run reports is most likely the cancelling.
    case .failed(.failed), .failed(.refused): stage == .cancelled ? .stopped : .failed
    }
  }

  /// - Parameter failures: those of the rest that were tried and not done. With only them left, or with what other living
  ///   runs have, no work was left out.
  private static func exitCode(stopped: Bool, _ rest: RestOfWork, failures: Int) -> ExitCode {
    let isWorkLeft = rest.unattended(givenUp: failures) > 0
    if stopped, isWorkLeft { return .stopped }
    return failures > 0 || isWorkLeft ? .failed : .done
  }
}
