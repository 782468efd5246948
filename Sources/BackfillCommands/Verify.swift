import ChunkCatalog
import CopyEngine
public import Postgres
import Verification

/// `verify`: compares what was copied.
public struct Verify: Sendable {
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

  /// - Throws: `CommandFailure`, for what stops the run; differences and failures are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult {
    var result = try await work(interrupt: interrupt, reporter: reporter)
    (result.unstaged, result.strays) = try await EndChecks(endpoints, purpose: "verify", interrupt).ofVerify()
    return result
  }

  private func work(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult
  {
    let started = ContinuousClock.now
    let session = try await QueueSession.open(
      endpoints, purpose: "verify", options: options, identity: identity, interrupt: interrupt,
      reporter: reporter
    ) { $0.unverified > 0 }
    let counts = session.counts
    guard counts.unverified > 0 else {
      throw .failed(
        counts.all == 0
          ? "the queue is empty"
          : counts.uncopied == counts.all
            ? "nothing has been copied yet" : "all copied chunks have been verified",
        advice: counts.all == 0 ? "run stage first" : counts.uncopied > 0 ? "run copy first" : nil)
    }
    let run = PoolRun(total: counts.unverified, reporter: reporter)
    let ends = await run.work(ChunkVerifier(), session, options, purpose: "verify")
    let totals = run.totals
    let after = try await session.finish(
      run.report(ends, control: session.setting.control), done: totals.verified + totals.skipped)
    var result = VerifyResult()
    result.verified = totals.verified + totals.skipped
    result.differing = totals.differing
    result.rows = totals.rows
    result.failures = totals.failures
    result.remaining = after.unverified
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    try PoolRun.settle(ends, control: session.setting.control, remaining: after.unverified)
    return result
  }
}
