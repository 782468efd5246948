import Archive
import ChunkCatalog
import Postgres
import TaskEngine
import Verification
public import Waiting

/// `verify --input`: compares what was imported with the descriptions of the archive's files. Needs no source.
public struct VerifyArchive: Sendable {
  public var request: ArchiveRequest

  public init(_ request: ArchiveRequest) { self.request = request }

  /// - Throws: `CommandFailure`, for what stops the run; differences and failures are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult {
    let request = request
    let archive = try ReadArchive.open(request.directory)
    let run = archive.work(.verifying, "verify", request, interrupt: interrupt, reporter: reporter)
    var result = VerifyResult()
    result.archive = request.directory
    let (ending, session) = try await run.perform { ArchiveVerifier($0, archive.tasks) }
    try result.take(ending) { $0.take($1) }
    result.strays = try await strays(of: archive, session)
    return result
  }

  /// Rows of the target in the archive's windows, beside all tasks.
  ///
  /// - Returns: none for a run that was stopped.
  private func strays(
    of archive: ReadArchive, _ session: QueueSession
  ) async throws(CommandFailure) -> [StrayRows] {
    guard !session.isAskedToStop else { return [] }
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        try session.lend { target in
          try StagedHypertable.all(of: archive.manifest.hypertables, on: target).compactMap {
            try StrayRowSearch.find($0, on: target)
          }
        }
      }
    }
  }
}
