import ChunkCatalog
import CopyEngine
public import Postgres
import Verification

/// `verify`: compares what was copied.
public struct Verify: Sendable {
  public var endpoints: Endpoints
  /// Workers, each with a connection on either side.
  public var parallelism: Int

  public init(endpoints: Endpoints, parallelism: Int) {
    self.endpoints = endpoints
    self.parallelism = parallelism
  }

  /// - Throws: `CommandFailure`, for what stops the run; differences and failures are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult {
    let started = ContinuousClock.now
    let session = try await QueueSession.open(
      endpoints, purpose: "verify", interrupt: interrupt, reporter: reporter)
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
    let pool = WorkerPool(
      setting: session.setting, parallelism: min(parallelism, counts.unverified), purpose: "verify")
    let ends = await pool.run(ChunkVerifier()) { run.observe($0) }
    let after = try await session.finish(flushing: true)
    let totals = run.totals
    var result = VerifyResult()
    result.verified = totals.verified + totals.skipped
    result.differing = totals.differing
    result.rows = totals.rows
    result.failures = totals.failures
    result.remaining = after.unverified
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    if !result.stopped { try PoolRun.settle(ends, remaining: after.unverified) }
    return result
  }
}
