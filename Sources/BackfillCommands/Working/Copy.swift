import ChunkCatalog
import Copying
import Postgres
import TaskEngine
public import Waiting

/// `copy`: works through the queue.
public struct Copy: Sendable {
  public var endpoints: Endpoints
  public var options: WorkOptions
  public var identity: RunIdentity

  public init(
    endpoints: Endpoints, options: WorkOptions = WorkOptions(), identity: RunIdentity = RunIdentity()
  ) {
    self.endpoints = endpoints
    self.options = options
    self.identity = identity
  }

  /// - Throws: `CommandFailure`, for what stops the run; chunks that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CopyResult {
    var result = try await work(interrupt: interrupt, reporter: reporter)
    result.unstaged = try await EndChecks(endpoints, purpose: "copy", interrupt).ofCopy(reporter)
    return result
  }

  private func work(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CopyResult {
    let started = ContinuousClock.now
    let session = try await QueueSession.open(
      endpoints, purpose: "copy", options: options, identity: identity, interrupt: interrupt,
      reporter: reporter
    ) { $0.uncopied > 0 }
    var result = CopyResult()
    let counts = session.counts
    guard counts.uncopied > 0 else {
      guard counts.all > 0 else { throw .failed(.queue(.empty)) }
      result.doneBefore = counts.all
      return result
    }
    let run = PoolRun(total: counts.uncopied, reporter: reporter)
    let (ends, rest) = try await run.workToTheEnd(
      ChunkCopier(
        session.pairSetting, rebuildsIndexes: !options.keepsIndexes, allowsShrinking: options.allowsShrinking),
      .copying,
      session, options, purpose: "copy")
    var totals = run.totals
    let (after, mended) = try await session.finish(
      run.report(ends, rest, control: session.setting.control), .copying,
      done: totals.copied + totals.skipped, failed: totals.failedTasks)
    totals.forgetFailures(mended.contains)
    result.chunks = totals.copied
    result.skipped = totals.skipped
    result.rows = totals.rows
    result.bytes = totals.bytes
    result.failures = totals.failures
    result.rest = RestOfWork(rest, remaining: after.uncopied)
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    try PoolRun.settle(ends, control: session.setting.control, remaining: after.uncopied)
    return result
  }
}
