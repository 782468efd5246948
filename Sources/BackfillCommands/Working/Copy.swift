import ChunkCatalog
import Copying
import TaskEngine
public import Waiting

/// `copy`: works through the queue.
public struct Copy: Sendable {
  public var request: WorkRequest

  public init(_ request: WorkRequest) { self.request = request }

  /// - Throws: `CommandFailure`, for what stops the run; chunks that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CopyResult {
    let run = WorkRun(.copying, request, interrupt: interrupt, reporter: reporter)
    let options = request.options
    let (ending, session) = try await run.perform { pairSetting in
      ChunkCopier(
        pairSetting, rebuildsIndexes: !options.keepsIndexes, allowsShrinking: options.allowsShrinking)
    }
    var result = CopyResult()
    switch ending {
    case .nothingOpen(let counts, let selected):
      guard counts.all > 0 else { throw .failed(.queue(.empty)) }
      result.doneBefore = counts.all
      result.again = selected.again
    case .worked(let summary):
      result.chunks = summary.totals.copied
      result.skipped = summary.totals.skipped
      result.rows = summary.totals.rows
      result.bytes = summary.totals.bytes
      result.failures = summary.totals.failures
      result.rest = summary.rest
      result.again = summary.selected.again
      result.stopped = summary.isStopped
      result.duration = summary.duration
    }
    result.unstaged = try await EndChecks(session).ofCopy(reporter)
    return result
  }
}
