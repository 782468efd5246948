import ChunkCatalog
import Postgres
import TimescaleDB

/// Turns on what is recorded, in an open transaction that has the record to itself.
struct JobRestoration {
  var result = JobsResult(.on)
  private(set) var jobSwitch: JobSwitch
  /// What is good to know.
  private(set) var notes: [JobFinding] = []
  private(set) var warnings: [JobFinding] = []
  private let installation: Installation

  /// - Throws: `PostgresError`.
  init(
    stagger: Duration?, _ installation: Installation, on session: borrowing Connection
  ) throws(PostgresError) {
    self.installation = installation
    jobSwitch = try JobSwitch(installation, on: session)
    let records = try RecordedJob.all(on: session)
    let jobs = try BackgroundJob.all(on: session)
    let matching = JobMatching(records, jobs)
    for record in records {
      guard let loss = matching.losses[record.key] else { continue }
      let lost = HandledJob(record)
      result.jobs.append(lost)
      result.problems.append(.lost(lost.named, loss))
    }
    let pairs = records.compactMap { record in matching.jobs[record.key].map { (record: record, job: $0) } }
    for step in try Self.steps(pairs, stagger, on: session) { try perform(step, on: session) }
    let touched = Set(pairs.map(\.job.id))
    try jobSwitch.tellScheduler(by: jobs.filter { !touched.contains($0.id) }, on: session)
    result.jobs.sort { $0.id < $1.id }
    let left = try JobRecord.count(on: session)
    result.recorded = left
    if left == 0 { try JobRecord.drop(on: session) }
  }

  /// A recorded job that is there, and off.
  private struct Step {
    let record: RecordedJob
    let job: BackgroundJob
    /// Until its first run; nil where it is left when that is.
    var delay: Duration?

    var changesSchedule: Bool { record.schedule != job.schedule }

    var nextStart: SQL? {
      if let delay { return "now() + make_interval(secs => \(Int64(delay / .milliseconds(1))) / 1000.0)" }
      return job.nextStart == nil ? record.recordedNextStart : nil
    }
  }

  private static func steps(
    _ pairs: [(record: RecordedJob, job: BackgroundJob)], _ stagger: Duration?,
    on session: borrowing Connection
  ) throws(PostgresError) -> [Step] {
    var steps = pairs.sorted { $0.job.id < $1.job.id }.map { Step(record: $0.record, job: $0.job) }
    guard let stagger else { return steps }
    let now = try session.query(
      "SELECT \(Timestamp.reading("now()")) AS now", doing: "asking for the time"
    ) { row throws(PostgresError) in Timestamp(microseconds: try row.integer("now")) }.first
    guard let now else { return steps }
    let sleeping = steps.indices.filter { !steps[$0].job.isScheduled }
    let delays = Stagger(span: stagger).delays(
      sleeping.map { steps[$0].job.nextStart ?? steps[$0].record.nextStart }, now: now)
    for (index, delay) in zip(sleeping, delays) { steps[index].delay = delay }
    return steps
  }

  private mutating func perform(_ step: Step, on session: borrowing Connection) throws(PostgresError) {
    // Somebody has turned it on, with the schedule that it is to have by now.
    guard !step.job.isScheduled else {
      try session.execute(step.record.forgetting, doing: "forgetting job \(step.job.id)")
      result.jobs.append(HandledJob(step.job, isRecorded: false, .onAlready))
      return
    }
    let written = jobSwitch.written.count
    let alteration = JobAlteration(
      step.job, on: true, schedule: step.record.schedule, nextStart: step.nextStart)
    let refusal = try jobSwitch.perform(
      alteration, of: step.job, noting: (before: "", after: step.record.forgetting), on: session)
    var handled = HandledJob(step.job, isRecorded: refusal != nil, refusal == nil ? .turnedOn : .leftOff)
    if let refusal {
      result.problems.append(JobFinding(step.job, on: true, refusal, installation))
    } else {
      handled.isScheduled = true
      let isPlanned = jobSwitch.written.count == written || jobSwitch.privileges.mayPlan
      if isPlanned { handled.schedule = step.record.schedule }
      if isPlanned, step.changesSchedule { notes.append(.rescheduled(handled.named)) }
      if !isPlanned, step.changesSchedule || step.delay != nil { warnings.append(.notPlanned(handled.named)) }
    }
    result.jobs.append(handled)
  }
}
