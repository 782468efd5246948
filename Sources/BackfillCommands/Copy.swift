import ChunkCatalog
import CopyEngine
public import Postgres

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
    let counts = session.counts
    guard counts.uncopied > 0 else {
      throw .failed(
        counts.all == 0 ? "the queue is empty" : "all \(counts.all) staged chunks have been copied",
        advice: counts.all == 0
          ? "run stage first" : "run verify next, or stage again for another time range")
    }
    let run = PoolRun(total: counts.uncopied, reporter: reporter)
    let ends = await run.work(
      ChunkCopier(rebuildsIndexes: !options.keepsIndexes, allowsShrinking: options.allowsShrinking), session,
      options, purpose: "copy")
    let totals = run.totals
    let after = try await session.finish(
      run.report(ends, control: session.setting.control), done: totals.copied + totals.skipped)
    var result = CopyResult()
    result.chunks = totals.copied
    result.skipped = totals.skipped
    result.rows = totals.rows
    result.bytes = totals.bytes
    result.failures = totals.failures
    result.remaining = after.uncopied
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    try PoolRun.settle(ends, control: session.setting.control, remaining: after.uncopied)
    return result
  }
}
