import ChunkCatalog
public import Postgres
public import TimescaleDB

/// A job as a command found it, and what became of it.
public struct HandledJob: Sendable {
  public enum Outcome: String, Sendable {
    case turnedOff = "turned-off"
    case offAlready = "off-already"
    /// Could not be turned off.
    case leftOn = "left-on"
    case turnedOn = "turned-on"
    case onAlready = "on-already"
    /// Could not be turned on.
    case leftOff = "left-off"
    /// Is recorded, and can't be told among the jobs that there are.
    case lost
  }

  /// Of a job that is lost, the one that it had.
  public var id: Int64
  public var identity: JobIdentity
  public var owner: Identifier
  public var schedule: JobSchedule
  /// Whether it is on; nil where it is lost.
  public var isScheduled: Bool?
  /// Whether it is recorded as turned off by this program; nil where the role may not see that.
  public var isRecorded: Bool?
  public var nextStart: Timestamp?
  public var lastRun: BackgroundJob.LastRun?
  /// Who runs it now.
  public var worker: JobWorker?
  /// nil where jobs are only listed.
  public var outcome: Outcome?

  public init(
    id: Int64, identity: JobIdentity, owner: Identifier, schedule: JobSchedule, isScheduled: Bool?,
    isRecorded: Bool?, outcome: Outcome? = nil
  ) {
    self.id = id
    self.identity = identity
    self.owner = owner
    self.schedule = schedule
    self.isScheduled = isScheduled
    self.isRecorded = isRecorded
    self.outcome = outcome
  }

  init(_ job: BackgroundJob, isRecorded: Bool?, _ outcome: Outcome? = nil) {
    self.init(
      id: job.id, identity: job.identity, owner: job.owner, schedule: job.schedule,
      isScheduled: job.isScheduled, isRecorded: isRecorded, outcome: outcome)
    nextStart = job.nextStart
    lastRun = job.lastRun
  }

  /// One that is lost.
  init(_ record: RecordedJob) {
    self.init(
      id: record.job, identity: record.identity, owner: record.owner, schedule: record.schedule,
      isScheduled: nil, isRecorded: true, outcome: .lost)
    nextStart = record.nextStart
  }

  var named: ScheduledJob { ScheduledJob(id: id, identity) }
}

/// What a command on jobs did or found.
public struct JobsResult: Sendable {
  public enum Action: String, Sendable {
    case off
    case on
    case list
  }

  public var action: Action
  /// By their numbers.
  public var jobs: [HandledJob] = []
  /// What is not as it was asked for.
  public var problems: [JobFinding] = []
  /// How many records there are at the end; nil where the role may not see them.
  public var recorded: Int?
  /// A queue is there, and all of it is copied and verified.
  public var isVerified = false

  public init(_ action: Action) { self.action = action }

  /// How many jobs have this outcome.
  public func count(_ outcome: HandledJob.Outcome) -> Int { jobs.count { $0.outcome == outcome } }
}
