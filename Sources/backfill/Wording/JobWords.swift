import BackfillCommands
import Postgres
import TimescaleDB

extension JobFinding {
  var words: Words {
    switch self {
    case .uncopied(let tasks, let all, let isForced):
      Words(
        "\(tasks) of the queue's \(all) tasks have not been copied; jobs would change what is being copied",
        hint: isForced ? nil : "run copy first, or jobs on --force to turn them on anyway")
    case .unverified(let chunks):
      Words(
        "\(Quantity.count(chunks, "chunk")) \(chunks == 1 ? "is" : "are") not verified; what jobs change from now on "
          + "differs from the source")
    case .ended(let job, let since):
      Words(
        "\(job.shown) was running\(since.map { " since \($0.whole)" } ?? ""): TimescaleDB ends a job that is turned off, "
          + "and rolls back its transaction")
    case .stillRunning(let job, let process):
      Words(
        "\(job.shown) is turned off, but still running in server process \(process)",
        hint: "wait until it has ended, or run SELECT pg_terminate_backend(\(process))")
    case .notSwitched(let job, let isOn, let error, let owner, let role):
      Self.refused(job, isOn: isOn, error, owner: owner, role: role)
    case .lost(let job, let loss): Self.lost(job, loss)
    case .rescheduled(let job):
      Words("\(job.shown) has the schedule again that it had when it was turned off")
    case .notPlanned(let job):
      Words(
        "\(job.shown) is on, but its schedule and its next start stay as they are, so that it may run at once: changing "
          + "them requires a superuser, as alter_job refuses it")
    case .schedulerNotTold(let jobs):
      Words(
        "the job scheduler does not know of the change yet: \(Words.list(jobs.map(\.shown)))",
        hint: "have a superuser run SELECT _timescaledb_functions.restart_background_workers()")
    case .stillOff(let jobs):
      Words(
        "\(Quantity.count(jobs, "job")) \(jobs == 1 ? "is" : "are") still turned off; the record of them stays in "
          + "__backfill.job",
        hint: "run '\(Version.program) jobs on'")
    }
  }

  private static func refused(
    _ job: ScheduledJob, isOn: Bool, _ error: PostgresError, owner: Identifier?, role: Identifier
  ) -> Words {
    let text = "\(job.shown) could not be turned \(isOn ? "on" : "off"): \(error.text)"
    if let owner {
      return Words(
        text, hint: "it belongs to the role \(owner.shown): run this as that role, or as a superuser")
    }
    return Words(
      text,
      hint:
        "have a superuser run \(SafeText.line(JobPrivileges.switching(role: role).text)), and run this again")
  }

  private static func lost(_ job: ScheduledJob, _ loss: JobLoss) -> Words {
    let text = "\(job.shown) was turned off by jobs off, and cannot be turned on again: "
    switch loss {
    case .gone:
      return Words(
        text + "there is no such job any more",
        hint: "if it is not wanted any more, delete its record: \(Self.forgetting(job))")
    case .changed(let jobs):
      return Words(
        text + "\(Self.numbers(jobs)) has another configuration than it had",
        hint: "turn the right one on with alter_job, and delete the record: \(Self.forgetting(job))")
    case .ambiguous(let jobs):
      return Words(
        text + "several jobs could be meant: \(jobs.map { "\($0)" }.joined(separator: ", "))",
        hint: "turn the right ones on with alter_job, and delete the record: \(Self.forgetting(job))")
    }
  }

  private static func numbers(_ jobs: [Int64]) -> String {
    "job " + jobs.map { "\($0)" }.joined(separator: " or ")
  }

  private static func forgetting(_ job: ScheduledJob) -> String {
    "DELETE FROM __backfill.job WHERE job_id = \(job.id)"
  }
}
