import ChunkCatalog
import Postgres

/// What a worker does next, whatever happens to it: a state machine of values. What has happened goes in, with the
/// instant and a random number where they matter; exactly one action comes out. It does nothing itself and knows no
/// clock, so every way a connection can go has a row in `WorkerMachineTests`.
///
/// A worker connects, looks what became of commits whose answers it lost (settling), and then takes task after task. The
/// end of one task and the claim of the next travel in one message (`Action.Step.end`):
///
///     connect -> look* -> end(nothing) and claim -> report? -> pace -> perform -> end(task) and claim -> report ...
///                  ^                                                     |  ^
///                  |                                                  undo, pause (others were in the way)
///               reconnect <- any step, when a session is lost; the task in flight becomes `Unsettled`
///
/// Nobody is told that a task is done or has failed before the queue is known to say so.
struct WorkerMachine {
  /// Times a task is done over when the source's chunk changed its form under it.
  static let attemptsPerForm = 3

  let retry: RetryPolicy
  let timeOfLostSessions: Duration

  /// Of the sessions, from the first failure to the next claim that is answered.
  var outage: RetryPolicy.Outage
  /// Claims that the server refused.
  var refusals: RetryPolicy.Outage
  var unsettled: [Unsettled] = []
  /// Tasks with which sessions were lost too often, by their priorities: they aren't tried again, whatever becomes known of
  /// their last try.
  var blamed: [Int64: TaskFailure] = [:]
  /// Of the last task that was claimed; nil where the next claim looks from the start.
  var place: TaskTransaction.Place?
  var state = State.idle

  /// - Parameter timeOfLostSessions: how long a session that was lost may keep a task locked.
  init(retry: RetryPolicy, timeOfLostSessions: Duration) {
    self.retry = retry
    self.timeOfLostSessions = timeOfLostSessions
    outage = RetryPolicy.Outage(retry)
    refusals = RetryPolicy.Outage(retry)
  }

  /// What is waited for: each action has one state, in which its outcome is taken.
  enum State {
    case idle
    case connecting
    case settling(index: Int)
    case ending(Ending)
    case reporting(AfterReport)
    case pacing(BackfillTask, blamed: TaskFailure?)
    case performing(Attempt)
    case undoing(Attempt, then: Pause?)
    case pausingBeforeRetry(Attempt)
    case releasing(Release)
    case waitingToClaim
    case awaiting(Watch)
    case losing(Unsettled, error: PostgresError)
    case disconnected
    case over
  }

  /// The first action.
  mutating func start() -> Action { connect() }

  /// Takes what has happened, and says what is to be done.
  mutating func handle(_ input: Input, _ run: Circumstances) -> Action {
    switch (state, input) {
    case (.connecting, .connected): settle(from: 0, run)
    case (.connecting, .connectionFailed(let error)): connectionFailed(error, run)
    case (.settling(let index), .looked(let isCommitted)): settled(isCommitted, at: index, run)
    case (.settling, .lookFailed(let error)): disconnect(after: error, run)
    case (.ending(let ending), .ended(let claim)): ended(ending, claim, run)
    case (.ending(let ending), .endFailed(let failure)): endFailed(ending, failure, run)
    case (.reporting(let next), .reported): proceed(to: next, run)
    case (.pacing(let task, let blamed), .paused): begin(task, blamed: blamed, run)
    case (.performing(let attempt), .performed(let outcome)): performed(attempt, outcome, run)
    case (.performing(let attempt), .performFailed(let failure)) where failure.endsSessions:
      lose(Unsettled(task: attempt.task), after: failure.error, run)
    case (.performing(let attempt), .performFailed(let failure)): performFailed(attempt, failure, run)
    case (.performing(let attempt), .taskFailed(let reason, let isClaimed)):
      taskFailed(attempt, reason, isClaimed: isClaimed, run)
    case (.undoing(let attempt, let pause), .undone): undone(attempt, pause)
    case (.undoing(let attempt, _), .undoFailed(let error)):
      lose(Unsettled(task: attempt.task), after: error, run)
    case (.pausingBeforeRetry(let attempt), .paused): perform(attempt)
    case (.releasing(let release), .released): released(release, run)
    case (.waitingToClaim, .paused): end(nil, run)
    case (.awaiting(let watch), .looked(let isCommitted)): awaited(isCommitted, watch, run)
    case (.awaiting, .lookFailed(let error)): disconnect(after: error, run)
    case (.losing(let lost, let error), .lossNoted(let isTooMany)):
      lossNoted(lost, isTooMany: isTooMany, after: error, run)
    case (_, .broke(let reason)): finish(.failed(.unforeseen(reason)))
    case (.disconnected, .waited): reconnect(run)
    default: finish(.failed(.unforeseen("\(input)")))
    }
  }

  /// What comes after a report.
  enum AfterReport {
    case settling(from: Int)
    case claimed(Ending, TaskTransaction.Claim?)
    case claimFailed(Failure)
    case awaiting(Watch)
    case finishing(WorkerEnd)
  }

  /// Has something reported before what comes next. That a chunk was only made ready for its parts is nothing to tell.
  mutating func report(_ news: News?, then next: AfterReport, _ run: Circumstances) -> Action {
    guard let news, !news.isSilent else { return proceed(to: next, run) }
    state = .reporting(next)
    return .step(.report(news))
  }

  private mutating func proceed(to next: AfterReport, _ run: Circumstances) -> Action {
    switch next {
    case .settling(let index): settle(from: index, run)
    case .claimed(let ending, let claim): claimed(claim, ending)
    case .claimFailed(let failure): claimFailed(failure, run)
    case .awaiting(let watch): awaitUnsettled(watch, run)
    case .finishing(let end): finish(end)
    }
  }

  mutating func connect() -> Action {
    state = .connecting
    return .connect
  }

  mutating func finish(_ end: WorkerEnd) -> Action {
    state = .over
    return .finish(end)
  }
}
