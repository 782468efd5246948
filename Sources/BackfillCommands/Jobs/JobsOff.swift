import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// `jobs off`: turns off the target's jobs, and writes down what they were.
public struct JobsOff: Sendable {
  public var target: ConnectionString
  /// How long jobs are waited for that were at work.
  public var patience: Duration

  public init(target: ConnectionString, patience: Duration = .seconds(30)) {
    self.target = target
    self.patience = patience
  }

  /// - Throws: `CommandFailure`, for what concerns all jobs; those that could not be turned off are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> JobsResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try turnOff(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func turnOff(interrupt: Interrupt, reporter: any Reporter) throws -> JobsResult {
    let target = try JobTarget.open(self.target, for: .off, interrupt: interrupt, reporter: reporter)
    let installation = target.installation
    if try BackgroundJob.all(on: target.session).contains(where: \.isScheduled) {
      try Checklist([try QueuePrivilege.find(on: target.session, installation)]).refuse()
    }
    let workers = try JobWorker.all(on: target.session)
    let operation = "turning jobs off"
    var (result, jobSwitch) = try LockRetry(interrupt: interrupt, reporter: reporter).transact(
      on: target.session, locking: [], doing: operation
    ) { session, opening, _ throws(PostgresError) in
      try session.execute(opening, doing: operation)
      return try Self.turnOff(on: session, installation)
    }
    if let finding = try jobSwitch.restartScheduler(installation, on: target.session) {
      result.problems.append(finding)
    }
    let ended = workers.filter { worker in
      result.jobs.contains { $0.id == worker.job && $0.outcome == .turnedOff }
    }
    try awaitEnds(of: ended, &result, on: target.session, interrupt, reporter)
    return result
  }

  /// Turns jobs off in an open transaction, such as the one that ends a restore.
  ///
  /// - Parameter spared: numbers of jobs that are left as they are.
  /// - Throws: `PostgresError`.
  static func turnOff(
    on session: borrowing Connection, _ installation: Installation, sparing spared: Set<Int64> = []
  ) throws(PostgresError) -> (JobsResult, JobSwitch) {
    var result = JobsResult(.off)
    var jobSwitch = try JobSwitch(installation, on: session)
    try session.execute(QueueTrust.guarding, doing: "looking for the record of jobs")
    // Without a job to be turned off nothing is made.
    if try BackgroundJob.all(on: session).contains(where: { $0.isScheduled && !spared.contains($0.id) }) {
      try session.execute(JobRecord.opening, doing: "making the record of jobs")
    }
    let jobs = try BackgroundJob.all(on: session)
    let records = try RecordedJob.all(on: session)
    let recorded = Set(JobMatching(records, jobs).jobs.values.map(\.id))
    for job in jobs where !spared.contains(job.id) {
      guard job.isScheduled else {
        result.jobs.append(HandledJob(job, isRecorded: recorded.contains(job.id), .offAlready))
        continue
      }
      // What was recorded first is what counts, whoever has turned the job on since.
      let note: SQL = recorded.contains(job.id) ? "" : RecordedJob.recording(job.id)
      let refusal = try jobSwitch.perform(
        JobAlteration(job, on: false), of: job, noting: (before: note, after: ""), on: session)
      var handled = HandledJob(
        job, isRecorded: refusal == nil || recorded.contains(job.id), refusal == nil ? .turnedOff : .leftOn)
      handled.isScheduled = refusal != nil
      result.jobs.append(handled)
      if let refusal { result.problems.append(JobFinding(job, on: false, refusal, installation)) }
    }
    try jobSwitch.tellScheduler(by: jobs.filter { !$0.isScheduled }, on: session)
    let count = try JobRecord.count(on: session)
    if count == 0, try JobRecord.exists(on: session) { try JobRecord.drop(on: session) }
    result.recorded = count
    return (result, jobSwitch)
  }

  /// The scheduler ends the runs of jobs that are off. It is waited for, as until then they may change what is copied.
  private func awaitEnds(
    of workers: [JobWorker], _ result: inout JobsResult, on session: borrowing Connection,
    _ interrupt: Interrupt, _ reporter: any Reporter
  ) throws {
    var running = workers
    for worker in workers {
      guard let job = result.jobs.first(where: { $0.id == worker.job }) else { continue }
      reporter.report(.note(.jobs(.ended(job.named, since: worker.since))))
    }
    let deadline = ContinuousClock.now + patience
    while !running.isEmpty {
      let left = Set(try JobWorker.all(on: session).map(\.process))
      running.removeAll { !left.contains($0.process) }
      guard !running.isEmpty, ContinuousClock.now < deadline, interrupt.stage == .running else { break }
      interrupt.sleep(.milliseconds(200), until: .draining)
    }
    for worker in running {
      guard let position = result.jobs.firstIndex(where: { $0.id == worker.job }) else { continue }
      result.jobs[position].worker = worker
      result.problems.append(.stillRunning(result.jobs[position].named, process: worker.process))
    }
  }
}
