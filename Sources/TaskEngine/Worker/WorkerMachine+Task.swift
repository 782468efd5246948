import ChunkCatalog
import Postgres

/// One task: begun, done, done over where others were in the way, or failed.
extension WorkerMachine {
  /// - Parameter blamed: why the task isn't tried again, where sessions were lost with it too often.
  mutating func begin(_ task: BackfillTask, blamed: TaskFailure?, _ run: Circumstances) -> Action {
    // Asked to stop while the end of the task before was under way: the claim that travelled with it is given back.
    guard !run.isStopping else { return release(.stopping) }
    if let blamed { return end(.failed(Failed(task: task, failure: blamed)), run) }
    return perform(Attempt(task: task, started: run.now, conflicts: RetryPolicy.Outage(retry)))
  }

  mutating func perform(_ attempt: Attempt) -> Action {
    var attempt = attempt
    let isAnnounced = attempt.isAnnounced
    attempt.isAnnounced = true
    state = .performing(attempt)
    return .step(.perform(attempt.task, isAnnounced: isAnnounced))
  }

  mutating func performed(_ attempt: Attempt, _ outcome: TaskOutcome, _ run: Circumstances) -> Action {
    end(.finished(Finished(attempt: attempt, outcome: outcome)), run)
  }

  mutating func performFailed(_ attempt: Attempt, _ failure: Failure, _ run: Circumstances) -> Action {
    failure.error.kind == .suspended
      ? undo(attempt, then: .untilResumed) : retry(attempt, after: failure, run)
  }

  /// Does the task again where others were in the way, within the budget.
  private mutating func retry(_ attempt: Attempt, after failure: Failure, _ run: Circumstances) -> Action {
    var attempt = attempt
    // Without its transaction there is no claim either.
    guard failure.error.isTransient, failure.isClaimed, !run.isStopping,
      let wait = attempt.conflicts.wait(now: run.now, random: run.random)
    else { return fail(attempt.task, TaskFailure(failure.error), isClaimed: failure.isClaimed, run) }
    return undo(attempt, then: .beforeRetry(wait, because: failure.error))
  }

  /// Does the task again where the source's chunk changed its form under it. An exported snapshot sees the same again.
  mutating func taskFailed(
    _ attempt: Attempt, _ reason: TaskFailure, isClaimed: Bool, _ run: Circumstances
  ) -> Action {
    var attempt = attempt
    attempt.changesOfForm += 1
    guard reason.isWorthRetrying, attempt.task.snapshot == nil, attempt.changesOfForm < Self.attemptsPerForm
    else { return fail(attempt.task, reason, isClaimed: isClaimed, run) }
    return undo(attempt, then: nil)
  }

  private mutating func undo(_ attempt: Attempt, then pause: Pause?) -> Action {
    state = .undoing(attempt, then: pause)
    return .step(.undo)
  }

  mutating func undone(_ attempt: Attempt, _ pause: Pause?) -> Action {
    guard let pause else { return perform(attempt) }
    state = .pausingBeforeRetry(attempt)
    return .step(.pause(pause))
  }

  /// Has it written down that the task failed.
  private mutating func fail(
    _ task: BackfillTask, _ reason: TaskFailure, isClaimed: Bool, _ run: Circumstances
  ) -> Action {
    end(.failed(Failed(task: task, failure: reason, isClaimed: isClaimed)), run)
  }

  /// The message that ends a task and claims the next was refused, or wasn't answered.
  mutating func endFailed(_ ending: Ending, _ failure: Failure, _ run: Circumstances) -> Action {
    guard let news = ending.news, !failure.isCommitted else {
      return report(ending.news, then: .claimFailed(failure), run)
    }
    let isRefused = failure.error.kind == .refusedByServer
    switch news {
    case .finished(let finished) where isRefused && failure.areUsable:
      // Its closing statements or its commit failed, so it begins once more.
      return retry(finished.attempt.anew, after: failure, run)
    case .finished(let finished):
      return lose(Unsettled(task: finished.attempt.task, finishing: finished), after: failure.error, run)
    case .failed(let failed) where isRefused && failure.targetIsUsable:
      return recordPlainly(failed, after: failure, run)
    case .failed(let failed):
      return lose(Unsettled(task: failed.task, failing: failed), after: failure.error, run)
    }
  }

  /// The server refused to store why a task failed, perhaps for its characters.
  private mutating func recordPlainly(
    _ failed: Failed, after failure: Failure, _ run: Circumstances
  ) -> Action {
    guard !failed.isPlain else { return giveUp(failed, after: failure.error, run) }
    var failed = failed
    failed.isPlain = true
    failed.isClaimed = failed.isClaimed && failure.isClaimed
    return end(.failed(failed), run)
  }
}

extension WorkerMachine.Attempt {
  /// The same, which begins once more.
  fileprivate var anew: Self {
    var anew = self
    anew.changesOfForm = 0
    anew.isAnnounced = false
    return anew
  }
}
