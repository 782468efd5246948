import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// `jobs on`: turns on again what `jobs off` has turned off, and nothing else, with the schedule that was recorded.
public struct JobsOn: Sendable {
  public var target: ConnectionString
  /// The time over which first runs are spread; nil leaves them as they are.
  public var stagger: Duration?
  /// Goes on where chunks are still to be copied.
  public var isForced: Bool

  public init(target: ConnectionString, stagger: Duration? = nil, isForced: Bool = false) {
    self.target = target
    self.stagger = stagger
    self.isForced = isForced
  }

  /// - Throws: `CommandFailure`, for what concerns all jobs; those that could not be turned on are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> JobsResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try turnOn(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func turnOn(interrupt: Interrupt, reporter: any Reporter) throws -> JobsResult {
    let target = try JobTarget.open(self.target, for: .on, interrupt: interrupt, reporter: reporter)
    let installation = target.installation
    // A refresh that is going on, or a staging, isn't to be met by policies.
    try Databases.lock(.shared, on: target.session, interrupt: interrupt)
    try target.session.execute(QueueTrust.guarding, doing: "looking for the record of jobs")
    guard try JobRecord.count(on: target.session) > 0 else {
      var result = JobsResult(.on)
      result.recorded = 0
      return result
    }
    let isVerified = try refuseUncopied(on: target.session, reporter)
    let operation = "turning jobs on"
    var restoration = try LockRetry(interrupt: interrupt, reporter: reporter).transact(
      on: target.session, locking: [], doing: operation
    ) { session, opening, _ throws(PostgresError) in
      try session.execute(opening + JobRecord.locking, doing: operation)
      return try JobRestoration(stagger: stagger, installation, on: session)
    }
    for note in restoration.notes { reporter.report(.note(.jobs(note))) }
    for warning in restoration.warnings { reporter.report(.warning(.jobs(warning))) }
    if let finding = try restoration.jobSwitch.restartScheduler(installation, on: target.session) {
      restoration.result.problems.append(finding)
    }
    restoration.result.isVerified = isVerified
    return restoration.result
  }

  /// - Returns: whether there is a queue, all of which is verified.
  /// - Throws: `CommandFailure` where chunks are still to be copied; `PostgresError`.
  private func refuseUncopied(on session: borrowing Connection, _ reporter: any Reporter) throws -> Bool {
    guard try QueueSchema.exists(on: session) else { return false }
    try QueueSchema.bringUpToDate(on: session)
    let counts = try Queue.counts(on: session)
    let uncopied = try counts.uncopied + Queue.replaced(on: session)
    if uncopied > 0 {
      let finding = Finding.jobs(.uncopied(tasks: uncopied, of: counts.all, isForced: isForced))
      guard isForced else { throw CommandFailure.failed(finding) }
      reporter.report(.warning(finding))
    }
    if counts.unverified > 0 { reporter.report(.warning(.jobs(.unverified(chunks: counts.unverified)))) }
    return counts.all > 0 && uncopied == 0 && counts.unverified == 0
  }
}
