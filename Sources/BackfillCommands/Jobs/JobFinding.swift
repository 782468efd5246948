public import Postgres

/// What is found of jobs that are turned off and on.
public enum JobFinding: Sendable {
  /// Jobs are not turned on before everything is copied. `isForced`: they are all the same.
  case uncopied(tasks: Int, of: Int, isForced: Bool)
  /// Jobs are turned on before everything is compared.
  case unverified(chunks: Int)
  /// It was at work when it was turned off, since when, and TimescaleDB ended that.
  case ended(ScheduledJob, since: Timestamp?)
  /// It is turned off, and still at work.
  case stillRunning(ScheduledJob, process: Int64)
  /// The server refused to turn it on or off. `owner` where it is another role's.
  case notSwitched(ScheduledJob, on: Bool, PostgresError, owner: Identifier?, role: Identifier)
  /// It is recorded as turned off, and can't be told among those that there are.
  case lost(ScheduledJob, JobLoss)
  /// It has the schedule again that was recorded.
  case rescheduled(ScheduledJob)
  /// It is on with the schedule that it has, and may run at once, as the role may not change that.
  case notPlanned(ScheduledJob)
  /// Jobs are turned on or off in the catalog, and the scheduler doesn't know it.
  case schedulerNotTold(jobs: [ScheduledJob])
  /// The queue is removed, and jobs are still off.
  case stillOff(jobs: Int)
}

extension JobFinding: FindingFacts {
  var code: String {
    switch self {
    case .uncopied: "jobs-before-copy"
    case .unverified: "jobs-before-verify"
    case .ended: "job-ended"
    case .stillRunning: "job-running"
    case .notSwitched: "job-not-altered"
    case .lost(_, .gone): "job-gone"
    case .lost(_, .changed): "job-changed"
    case .lost(_, .ambiguous): "job-ambiguous"
    case .rescheduled: "job-rescheduled"
    case .notPlanned: "job-not-planned"
    case .schedulerNotTold: "scheduler-not-told"
    case .stillOff: "jobs-still-off"
    }
  }

  var error: PostgresError? {
    if case .notSwitched(_, _, let error, _, _) = self { error } else { nil }
  }

  var side: Side? { .target }

  var object: String? {
    switch self {
    case .ended(let job, _), .stillRunning(let job, _), .notSwitched(let job, _, _, _, _), .lost(let job, _),
      .rescheduled(let job), .notPlanned(let job):
      job.hypertable?.description
    case .uncopied, .unverified, .schedulerNotTold, .stillOff: nil
    }
  }
}
