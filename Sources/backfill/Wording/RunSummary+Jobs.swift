import BackfillCommands
import Postgres
import TimescaleDB

extension RunSummary {
  mutating func tell(_ result: JobsResult) {
    switch result.action {
    case .off: tellOff(result)
    case .on: tellOn(result)
    case .list: results += Self.table(result)
    }
    for problem in result.problems { problems.append(Message(.error, .jobs(problem))) }
  }

  private mutating func tellOff(_ result: JobsResult) {
    guard !result.jobs.isEmpty else {
      results.append("The target has no jobs")
      return
    }
    for job in result.jobs where job.outcome == .turnedOff { results.append("Turned off \(job.shown)") }
    let already = result.count(.offAlready)
    let rest = already > 0 ? "; \(already) \(already == 1 ? "was" : "were") off already" : ""
    results.append("Turned off \(Quantity.count(result.count(.turnedOff), "job"))\(rest)")
  }

  private mutating func tellOn(_ result: JobsResult) {
    guard !result.jobs.isEmpty else {
      results.append("Nothing to turn on: no job is recorded as turned off by jobs off")
      return
    }
    for job in result.jobs where job.outcome == .turnedOn { results.append("Turned on \(job.shown)") }
    let already = result.count(.onAlready)
    let rest = already > 0 ? "; \(already) \(already == 1 ? "was" : "were") on already" : ""
    results.append("Turned on \(Quantity.count(result.count(.turnedOn), "job"))\(rest)")
    if let next = result.next, result.problems.isEmpty { results.append(Self.next(next)) }
  }

  private static func table(_ result: JobsResult) -> [String] {
    guard !result.jobs.isEmpty else { return ["The target has no jobs"] }
    var table = TextTable([
      ("job", .right), ("procedure", .left), ("every", .left), ("state", .left), ("last run", .left),
      ("next run", .left), ("relation", .left),
    ])
    for job in result.jobs {
      table.add([
        "\(job.id)", job.procedure, SafeText.line(job.schedule.interval), job.state, job.lastRunShown,
        job.nextRun, job.identity.relation?.shown ?? "",
      ])
    }
    return table.lines
  }
}

extension HandledJob {
  /// `job 1002, policy_retention on "public"."readings"`
  fileprivate var shown: String {
    "job \(id), \(procedure)\(identity.relation.map { " on \($0.shown)" } ?? "")"
  }

  /// TimescaleDB's own are known without their schema.
  fileprivate var procedure: String {
    identity.procedure.schema.name.hasPrefix("_timescaledb_")
      ? SafeText.line(identity.procedure.name.name) : identity.procedure.shown
  }

  fileprivate var state: String {
    guard let isScheduled else { return "missing" }
    return switch (isScheduled, isRecorded == true) {
    case (true, true): "on (was turned off)"
    case (true, false): "on"
    case (false, true): "off by jobs off"
    case (false, false): "off"
    }
  }

  fileprivate var lastRunShown: String {
    if worker != nil { return "running" }
    guard let lastRun else { return "never" }
    return "\(lastRun.began.whole) \(lastRun.hasSucceeded ? "succeeded" : "failed")"
  }

  fileprivate var nextRun: String {
    guard isScheduled == true, worker == nil else { return "-" }
    return nextStart?.whole ?? "at once"
  }
}
