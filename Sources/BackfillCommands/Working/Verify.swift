import ChunkCatalog
import Postgres
import TaskEngine
import Verification
public import Waiting

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
    var result = VerifyResult()
    let counts = session.counts
    guard counts.unverified > 0 else {
      guard counts.all > counts.uncopied else {
        throw .failed(.queue(counts.all == 0 ? .empty : .nothingCopied))
      }
      result.doneBefore = (verified: counts.all - counts.uncopied, uncopied: counts.uncopied)
      return result
    }
    let run = PoolRun(total: counts.unverified, reporter: reporter)
    let (ends, rest) = try await run.workToTheEnd(
      ChunkVerifier(session.pairSetting), .verifying, session, options, purpose: "verify")
    var totals = run.totals
    let (after, mended) = try await session.finish(
      run.report(ends, rest, control: session.setting.control), .verifying,
      done: totals.verified + totals.skipped, failed: totals.failedTasks)
    totals.forgetFailures(mended.contains)
    result.verified = totals.verified + totals.skipped
    result.differing = totals.differing
    result.rows = totals.rows
    result.failures = totals.failures
    result.rest = RestOfWork(rest, remaining: after.unverified)
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    try PoolRun.settle(ends, control: session.setting.control, remaining: after.unverified)
    return result
  }
}
