import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import Waiting

/// A run of `copy` or `verify` from its first session to the last: opens the queue, has workers do what is open, waits
/// for what others may give back, and records how it went.
struct WorkRun {
  private let kind: Queue.Work
  private let options: WorkOptions
  private let interrupt: Interrupt
  private let reporter: any Reporter
  private let open: @Sendable () async throws(CommandFailure) -> QueueSession

  init(_ kind: Queue.Work, _ request: WorkRequest, interrupt: Interrupt, reporter: any Reporter) {
    self.init(kind, request.options, interrupt: interrupt, reporter: reporter) {
      () async throws(CommandFailure) in
      try await QueueSession.open(kind, request, interrupt: interrupt, reporter: reporter)
    }
  }

  /// - Parameter open: opens the queue.
  init(
    _ kind: Queue.Work, _ options: WorkOptions, interrupt: Interrupt, reporter: any Reporter,
    open: @escaping @Sendable () async throws(CommandFailure) -> QueueSession
  ) {
    self.kind = kind
    self.options = options
    self.interrupt = interrupt
    self.reporter = reporter
    self.open = open
  }

  enum Ending<Work> {
    /// The queue had no task for this kind of work.
    case nothingOpen(Queue.Counts, SelectedTasks)
    case worked(Work)
  }

  /// How the work went.
  struct Summary {
    /// Without the failures of tasks that others did after all.
    let totals: PoolRun.Totals
    let rest: RestOfWork
    let isStopped: Bool
    let selected: SelectedTasks
    let duration: Duration
  }

  /// What statistics say, instead of work.
  struct Estimation {
    let estimates: Estimates
    let isStopped: Bool
    let duration: Duration
  }

  /// - Parameter makeWork: makes what the workers do, once the two databases are known.
  /// - Returns: how it ended, and the session, which has the queue's lock for as long as somebody has it.
  /// - Throws: `CommandFailure`, for what stops the run; a chunk that fails or differs doesn't.
  func perform(
    _ makeWork: (PairSetting) -> any TaskWork
  ) async throws(CommandFailure) -> (ending: Ending<Summary>, session: QueueSession) {
    let started = ContinuousClock.now
    let session = try await open()
    let tasks = kind.open(in: session.counts)
    guard tasks > 0 else { return (.nothingOpen(session.counts, session.selected), session) }
    let run = PoolRun(total: tasks, session.overview, reporter: reporter)
    let (ends, open) = try await run.workToTheEnd(
      makeWork(session.pairSetting), session, options.parallelism)
    var totals = run.totals
    let control = session.setting.control
    let (after, mended) = try await session.finish(
      run.report(ends, open, control: control), done: totals.done, failed: totals.failedTasks)
    totals.forgetFailures(mended.contains)
    // What isn't marked is still open when it is done.
    let isMarked = options.thoroughness.marks
    let remaining = max(0, kind.open(in: after) - (isMarked ? 0 : totals.done))
    try PoolRun.settle(ends, control: control, remaining: remaining)
    let summary = Summary(
      totals: totals, rest: RestOfWork(open, remaining: remaining),
      isStopped: interrupt.stage != .running, selected: session.selected,
      duration: ContinuousClock.now - started)
    return (.worked(summary), session)
  }
}

extension WorkRun {
  /// Looks at statistics alone, for which no task is claimed.
  ///
  /// - Throws: `CommandFailure`.
  func estimate() async throws(CommandFailure) -> (ending: Ending<Estimation>, session: QueueSession) {
    let started = ContinuousClock.now
    let session = try await open()
    guard kind.open(in: session.counts) > 0 else {
      return (.nothingOpen(session.counts, session.selected), session)
    }
    let estimates = try await session.estimates()
    let isStopped = interrupt.stage != .running
    _ = try await session.finish(
      QueueSession.Report(
        outcome: isStopped ? .stopped : .done, chunks: estimates.compared, rows: 0, bytes: 0, failures: 0,
        gaveUp: false), done: 0, failed: [])
    let estimation = Estimation(
      estimates: estimates, isStopped: isStopped, duration: ContinuousClock.now - started)
    return (.worked(estimation), session)
  }
}

extension Queue.Work {
  /// The command that does it, as users and pg_stat_activity know it.
  var command: String {
    switch self {
    case .copying: "copy"
    case .verifying: "verify"
    }
  }

  /// How many tasks there are for it.
  func open(in counts: Queue.Counts) -> Int {
    switch self {
    case .copying: counts.uncopied
    case .verifying: counts.unverified
    }
  }
}
