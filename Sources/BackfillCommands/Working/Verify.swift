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
    case .worked(let account):
      result.verified = account.totals.verified + account.totals.skipped
      result.differing = account.totals.differing
      result.rows = account.totals.rows
      result.failures = account.totals.failures
      result.rest = account.rest
      result.stopped = account.isStopped
      result.duration = account.duration
    }
    (result.unstaged, result.strays) =
      try await EndChecks(request.endpoints, .verifying, interrupt).ofVerify()
    return result
  }
}
