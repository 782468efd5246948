import ChunkCatalog
import CopyEngine
public import Postgres

/// `copy`: works through the queue.
public struct Copy: Sendable {
  public var endpoints: Endpoints
  /// Workers, each with a connection on either side.
  public var parallelism: Int

  public init(endpoints: Endpoints, parallelism: Int) {
    self.endpoints = endpoints
    self.parallelism = parallelism
  }

  /// - Throws: `CommandFailure`, for what stops the run; chunks that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CopyResult {
    let started = ContinuousClock.now
    let session = try await QueueSession.open(
      endpoints, purpose: "copy", interrupt: interrupt, reporter: reporter)
    let counts = session.counts
    guard counts.uncopied > 0 else {
      throw .failed(
        counts.all == 0 ? "the queue is empty" : "all \(counts.all) staged chunks have been copied",
        advice: counts.all == 0
          ? "run stage first" : "run verify next, or stage again for another time range")
    }
    let run = PoolRun(total: counts.uncopied, reporter: reporter)
    let pool = WorkerPool(
      setting: session.setting, parallelism: min(parallelism, counts.uncopied), purpose: "copy")
    let ends = await pool.run(ChunkCopier()) { run.observe($0) }
    let after = try await session.finish(flushing: true)
    let totals = run.totals
    var result = CopyResult()
    result.chunks = totals.copied
    result.skipped = totals.skipped
    result.rows = totals.rows
    result.bytes = totals.bytes
    result.failures = totals.failures
    result.remaining = after.uncopied
    result.stopped = interrupt.stage != .running
    result.duration = ContinuousClock.now - started
    if !result.stopped { try PoolRun.settle(ends, remaining: after.uncopied) }
    return result
  }
}
