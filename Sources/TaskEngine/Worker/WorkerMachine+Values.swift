import ChunkCatalog
import Postgres

extension WorkerMachine {
  /// What has happened, by the action that was performed.
  enum Input {
    case connected
    case connectionFailed(PostgresError)
    /// Whether the commit that was looked for has happened; nil while another session has the task locked.
    case looked(isCommitted: Bool?)
    case lookFailed(PostgresError)
    /// The end of the task before is committed; nil when nothing was claimed.
    case ended(TaskTransaction.Claim?)
    case endFailed(Failure)
    case reported
    case performed(TaskOutcome)
    case performFailed(Failure)
    /// The work itself says that the task can't be done.
    case taskFailed(TaskFailure, isClaimed: Bool)
    /// Something failed that neither a server nor the work has a name for.
    case broke(String)
    case undone
    case undoFailed(PostgresError)
    case released
    case paused
    /// The wait before connecting again is over, or turned out to be needless.
    case waited
    /// Whether sessions were lost with the task too often.
    case lossNoted(isTooMany: Bool)
  }

  /// What the rest of the run is like when something happens.
  struct Circumstances {
    var now: ContinuousClock.Instant
    /// From 0 up to 1.
    var random: Double
    /// No new task is to be begun.
    var isStopping = false
    /// Nothing is to be waited for any more.
    var isCancelled = false
    /// The run wants as many workers as this one's number.
    var isWanted = true
    /// Another worker has found nothing left to claim.
    var nothingIsLeft = false
  }

  /// What is to be done.
  enum Action {
    /// Opens both sessions.
    case connect
    /// Something that needs the sessions.
    case step(Step)
    /// Gives the sessions up and waits before connecting again.
    ///
    /// - endsEarly: no wait is needed once the other workers have done everything.
    case reconnect(after: Duration, because: PostgresError, endsEarly: Bool)
    case finish(WorkerEnd)
  }

  enum Step {
    /// Asks the queue whether a commit has happened whose answer was lost.
    case look(Unsettled)
    /// Ends the task before, and claims the next.
    case end(Ending)
    case report(News)
    /// Does the task. Its beginning is reported unless it is begun anew at once.
    case perform(BackfillTask, isAnnounced: Bool)
    /// Goes back to the claim.
    case undo
    /// Ends a transaction without committing anything.
    case release
    case pause(Pause)
    /// Counts a session that was lost with a task.
    case noteLoss(of: BackfillTask)
  }

  enum Pause {
    /// Before the work is done anew, with the task still claimed.
    case beforeRetry(Duration, because: PostgresError)
    /// Before the next claim, where the one before was refused.
    case beforeClaim(Duration)
    /// Until a process that is about to be suspended goes on.
    case untilResumed
    /// The same, and for as long as the rate limit wants.
    case pace
  }

  /// What is sent between two tasks.
  struct Ending {
    /// The end of the task before; nil for the claim alone.
    var news: News?
    /// Another task is wanted.
    var claims: Bool
    /// Where to look for it.
    var place: TaskTransaction.Place?
  }

  enum News {
    case finished(Finished)
    case failed(Failed)

    var isSilent: Bool {
      if case .finished(let finished) = self { finished.outcome.kind == .prepared } else { false }
    }
  }

  /// A task that is done but for its commit.
  struct Finished {
    var attempt: Attempt
    var outcome: TaskOutcome
  }

  /// A task that failed, which nobody is told before the queue knows.
  struct Failed {
    var task: BackfillTask
    var failure: TaskFailure
    /// The session has the task locked, by the claim.
    var isClaimed = true
    /// The server refused to store the reason in its own words.
    var isPlain = false
  }

  /// A task that is being done.
  struct Attempt {
    var task: BackfillTask
    var started: ContinuousClock.Instant
    /// Others were in the way.
    var conflicts: RetryPolicy.Outage
    var changesOfForm = 0
    var isAnnounced = false
  }

  /// A task that a session had when it was lost. What became of it only the queue knows, and that not before the server
  /// has noticed the loss, too: until then the task is locked, and its commit may still succeed.
  struct Unsettled {
    var task: BackfillTask
    /// Set when the commit was under way.
    var finishing: Finished?
    /// Set when its failure was being written down.
    var failing: Failed?

    /// To be reported once it is known to be committed.
    var news: News? { finishing.map(News.finished) ?? failing.map(News.failed) }
  }

  /// The look at what lost sessions may hold, when nothing else is left.
  struct Watch {
    var deadline: ContinuousClock.Instant
    /// A task turned out not to be done.
    var mayClaim = false
  }

  /// Why a transaction is given back.
  enum Release {
    case nothingClaimed
    case claimRefused(wait: Duration)
    case stopping
  }

  /// An action that went wrong, and what is left of the sessions.
  struct Failure {
    var error: PostgresError
    var sourceIsUsable = true
    var targetIsUsable = true
    /// The target's transaction is open, failed or not, so that the claim's lock is held.
    var isClaimed = true
    /// The end of the task before is known to be committed.
    var isCommitted = false

    var areUsable: Bool { sourceIsUsable && targetIsUsable }

    /// The task can't go on with these sessions: one is lost, or the run is cancelled.
    var endsSessions: Bool {
      switch error.kind {
      case .suspended, .refusedByServer, .unexpectedAnswer: !areUsable
      case .connectionFailed, .connectionLost, .cancelled: true
      }
    }
  }
}
