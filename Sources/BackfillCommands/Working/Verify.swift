import ChunkCatalog
import TaskEngine
import Verification
public import Waiting

/// `verify`: compares what was copied.
public struct Verify: Sendable {
  public var request: WorkRequest

  public init(_ request: WorkRequest) { self.request = request }

  /// - Throws: `CommandFailure`, for what stops the run; differences and failures are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult {
    let run = WorkRun(.verifying, request, interrupt: interrupt, reporter: reporter)
    var result = VerifyResult()
    switch try await run.perform(ChunkVerifier.init) {
    case .nothingOpen(let counts):
      guard counts.all > counts.uncopied else {
        throw .failed(.queue(counts.all == 0 ? .empty : .nothingCopied))
      }
      result.doneBefore = (verified: counts.all - counts.uncopied, uncopied: counts.uncopied)
    case .worked(let summary):
      result.verified = summary.totals.verified + summary.totals.skipped
      result.differing = summary.totals.differing
      result.rows = summary.totals.rows
      result.failures = summary.totals.failures
      result.rest = summary.rest
      result.stopped = summary.isStopped
      result.duration = summary.duration
    }
    (result.unstaged, result.strays) =
      try await EndChecks(request.endpoints, .verifying, interrupt).ofVerify()
    return result
  }
}
