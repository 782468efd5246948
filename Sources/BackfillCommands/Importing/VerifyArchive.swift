import ChunkCatalog
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
    try result.take(try await run.perform { ArchiveVerifier($0, archive.tasks) }) { $0.take($1) }
    return result
  }
}
