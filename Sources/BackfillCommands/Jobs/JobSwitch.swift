import Postgres
import TimescaleDB

/// Turns jobs on and off in an open transaction, each by itself: one that can't be altered keeps none of the others from it.
/// They all commit together, as that is when the scheduler reads the catalog again, once.
struct JobSwitch {
  let schema: Identifier
  let privileges: JobPrivileges
  /// Those that were written to the catalog past `alter_job`, of which the scheduler isn't told.
  private(set) var written: [BackgroundJob] = []
  /// `alter_job` was used, which tells the scheduler to read everything anew.
  private(set) var isSchedulerTold = false

  /// - Throws: `PostgresError`.
  init(_ installation: Installation, on session: borrowing Connection) throws(PostgresError) {
    schema = installation.schema
    privileges = try JobPrivileges.find(on: session)
  }

  /// - Parameters:
  ///   - note: statements that belong to it: they are undone with it.
  /// - Returns: why the server refuses it; nil when it is done.
  /// - Throws: `PostgresError` for all that concerns more than this job.
  mutating func perform(
    _ alteration: JobAlteration, of job: BackgroundJob, noting note: (before: SQL, after: SQL),
    on session: borrowing Connection
  ) throws(PostgresError) -> PostgresError? {
    let operation = "altering job \(job.id)"
    let statement = note.before + alteration.statement(schema: schema) + note.after
    guard let refusal = try session.attempt(statement, doing: operation) else {
      isSchedulerTold = true
      return nil
    }
    guard privileges.maySwitch else { return refusal }
    let direct = note.before + alteration.direct(plans: privileges.mayPlan) + note.after
    guard try session.attempt(direct, doing: operation) == nil else { return refusal }
    written.append(job)
    return nil
  }

  /// Tells the scheduler in the same transaction, where only the catalog was written: by altering another job to what it
  /// is.
  ///
  /// - Parameter others: jobs that were left as they are.
  /// - Throws: `PostgresError`.
  mutating func tellScheduler(
    by others: [BackgroundJob], on session: borrowing Connection
  ) throws(PostgresError) {
    guard !written.isEmpty, !isSchedulerTold else { return }
    for job in others {
      let statement = JobAlteration(job, on: job.isScheduled).statement(schema: schema)
      if try session.attempt(statement, doing: "telling the scheduler of jobs") == nil {
        isSchedulerTold = true
        return
      }
    }
  }

  /// Has the scheduler begin anew, where it wasn't told otherwise; for the time after the commit. While a dump is being
  /// restored there is no scheduler.
  ///
  /// - Returns: what it doesn't know.
  /// - Throws: `PostgresError`.
  func restartScheduler(
    _ installation: Installation, on session: borrowing Connection
  ) throws(PostgresError) -> JobFinding? {
    guard !written.isEmpty, !isSchedulerTold, !installation.isRestoring else { return nil }
    guard privileges.mayRestartScheduler else {
      return .schedulerNotTold(jobs: written.map { HandledJob($0, isRecorded: nil).named })
    }
    try session.execute(JobPrivileges.restartingScheduler, doing: "restarting the scheduler of jobs")
    return nil
  }
}

extension JobFinding {
  /// What a refusal means for a person.
  init(_ job: BackgroundJob, on isOn: Bool, _ error: PostgresError, _ installation: Installation) {
    let isForeign = error.sqlState == SQLState.insufficientPrivilege
    self = .notSwitched(
      HandledJob(job, isRecorded: nil).named, on: isOn, error, owner: isForeign ? job.owner : nil,
      role: Identifier(installation.user))
  }
}
