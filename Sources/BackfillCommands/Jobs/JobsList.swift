import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// `jobs list`: the target's jobs. Only reads.
public struct JobsList: Sendable {
  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> JobsResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try list(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func list(interrupt: Interrupt, reporter: any Reporter) throws -> JobsResult {
    let target = try JobTarget.open(self.target, for: .list, interrupt: interrupt, reporter: reporter)
    let session = target.session
    try session.execute(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" + QueueTrust.guardingReads, doing: "listing jobs")
    let jobs = try BackgroundJob.all(on: session)
    let workers = Dictionary(
      try JobWorker.all(on: session).map { ($0.job, $0) }, uniquingKeysWith: { first, _ in first })
    var result = JobsResult(.list)
    var matching: JobMatching?
    if try JobRecord.isReadable(on: session) {
      let records = try RecordedJob.all(on: session)
      let found = JobMatching(records, jobs)
      matching = found
      result.recorded = records.count
      result.jobs = records.filter { found.losses[$0.key] != nil }.map { HandledJob($0) }
    } else {
      reporter.report(
        .warning(.status(.unreadableTables(["job"], role: Identifier(target.installation.user)))))
    }
    let recorded = matching.map { Set($0.jobs.values.map(\.id)) }
    result.jobs += jobs.map { job in
      var listed = HandledJob(job, isRecorded: recorded?.contains(job.id))
      listed.worker = workers[job.id]
      return listed
    }
    result.jobs.sort { $0.id < $1.id }
    try session.execute("COMMIT", doing: "listing jobs")
    return result
  }
}
