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
    result.thoroughness = request.options.thoroughness
    guard result.thoroughness != .estimate else {
      let (ending, session) = try await run.estimate()
      try result.take(ending) { $0.take($1) }
      result.unstaged = try await EndChecks(session).unstaged()
      return result
    }
    let depth: ChunkVerifier.Depth = result.thoroughness == .count ? .counts : .values
    let (ending, session) = try await run.perform { ChunkVerifier($0, depth) }
    try result.take(ending) { $0.take($1) }
    (result.unstaged, result.strays) = try await EndChecks(session).ofVerify(reporter)
    return result
  }
}

extension VerifyResult {
  /// - Throws: `CommandFailure` where there is nothing that could be compared.
  mutating func take<Work>(
    _ ending: WorkRun.Ending<Work>, _ takeWork: (inout VerifyResult, Work) -> Void
  ) throws(CommandFailure) {
    switch ending {
    case .worked(let work): takeWork(&self, work)
    case .nothingOpen(let counts, let selected):
      guard counts.all > counts.uncopied else {
        if let archive { throw .failed(.archive(.notImported(directory: archive))) }
        throw .failed(.queue(counts.all == 0 ? .empty : .nothingCopied))
      }
      doneBefore = (verified: counts.all - counts.uncopied, uncopied: counts.uncopied)
      note(selected)
    }
  }

  mutating func take(_ summary: WorkRun.Summary) {
    let equal = summary.totals.verified + summary.totals.counted + summary.totals.skipped
    if thoroughness.marks { verified = equal } else { counted = equal }
    differing = summary.totals.differing
    differences = summary.totals.differences
    rows = summary.totals.rows
    failures = summary.totals.failures
    rest = summary.rest
    note(summary.selected)
    stopped = summary.isStopped
    duration = summary.duration
  }

  fileprivate mutating func take(_ estimation: WorkRun.Estimation) {
    estimates = estimation.estimates
    stopped = estimation.isStopped
    duration = estimation.duration
  }

  private mutating func note(_ selected: SelectedTasks) {
    again = selected.again
    isNarrowed = selected.isNarrowed
    sampled = selected.scope.sample.map { (chunks: $0.chunks, all: $0.all) }
  }
}
