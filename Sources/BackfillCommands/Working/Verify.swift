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
    let thoroughness = request.options.thoroughness
    let depth: ChunkVerifier.Depth = thoroughness == .count ? .counts : .values
    var result = VerifyResult()
    result.thoroughness = thoroughness
    switch try await run.perform({ ChunkVerifier($0, depth) }) {
    case .nothingOpen(let counts, let selected):
      guard counts.all > counts.uncopied else {
        throw .failed(.queue(counts.all == 0 ? .empty : .nothingCopied))
      }
      result.doneBefore = (verified: counts.all - counts.uncopied, uncopied: counts.uncopied)
      result.note(selected)
    case .worked(let summary):
      let equal = summary.totals.verified + summary.totals.counted + summary.totals.skipped
      if thoroughness.marks { result.verified = equal } else { result.counted = equal }
      result.differing = summary.totals.differing
      result.differences = summary.totals.differences
      result.rows = summary.totals.rows
      result.failures = summary.totals.failures
      result.rest = summary.rest
      result.note(summary.selected)
      result.stopped = summary.isStopped
      result.duration = summary.duration
    case .estimated(let estimates, let isStopped, let duration):
      result.estimates = estimates
      result.stopped = isStopped
      result.duration = duration
    }
    let checks = EndChecks(request.endpoints, .verifying, interrupt)
    if thoroughness == .estimate {
      result.unstaged = try await checks.unstaged()
    } else {
      (result.unstaged, result.strays) = try await checks.ofVerify()
    }
    return result
  }
}

extension VerifyResult {
  fileprivate mutating func note(_ selected: SelectedTasks) {
    again = selected.again
    isNarrowed = selected.isNarrowed
    sampled = selected.scope.sample.map { (chunks: $0.chunks, all: $0.all) }
  }
}
