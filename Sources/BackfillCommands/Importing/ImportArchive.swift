import Archive
public import ChunkCatalog
import ChunkPairs
import Copying
import TaskEngine
public import Waiting

/// `import`: puts the files of an archive into the target. Needs no source.
public struct ImportArchive: Sendable {
  public var request: ArchiveRequest

  public init(_ request: ArchiveRequest) { self.request = request }

  /// - Throws: `CommandFailure`, for what stops the run; files that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> ImportResult {
    let request = request
    let archive = try ReadArchive.open(request.directory)
    let staging = ImportStaging(
      archive: archive, identity: request.identity, interrupt: interrupt, reporter: reporter)
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try staging.perform(request.target) }
    }
    let run = archive.work(.copying, "import", request, interrupt: interrupt, reporter: reporter)
    let options = request.options
    let (ending, _) = try await run.perform { pairSetting in
      ChunkCopier(
        pairSetting, from: archive.tasks, rebuildsIndexes: !options.keepsIndexes,
        allowsShrinking: options.allowsShrinking)
    }
    var result = ImportResult(ending, files: archive.manifest.files.count)
    result.directory = request.directory
    return result
  }
}

/// What `import` did.
public struct ImportResult: Sendable {
  public var directory = ""
  /// Files of this run.
  public var done = 0
  /// Of the archive.
  public var files = 0
  public var rows: Int64 = 0
  /// Of COPY data.
  public var bytes: Int64 = 0
  public var failures: [FailedChunk] = []
  /// What was made open to be imported again.
  public var again = Repetition.Result()
  public var rest = RestOfWork()
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}

extension ImportResult {
  init(_ ending: WorkRun.Ending<WorkRun.Summary>, files: Int) {
    self.files = files
    guard case .worked(let summary) = ending else {
      if case .nothingOpen(_, let selected) = ending { again = selected.again }
      return
    }
    again = summary.selected.again
    done = summary.totals.copied
    rows = summary.totals.rows
    bytes = summary.totals.bytes
    failures = summary.totals.failures
    rest = summary.rest
    stopped = summary.isStopped
    duration = summary.duration
  }
}
