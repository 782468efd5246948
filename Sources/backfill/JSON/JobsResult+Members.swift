import BackfillCommands
import JSONValues
import Postgres
import TimescaleDB

extension JobsResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    let counts: JSON.Member? =
      switch action {
      case .off:
        JSON.Member(
          "count",
          .object([
            "turned_off": .integer(count(.turnedOff)), "off_already": .integer(count(.offAlready)),
            "left_on": .integer(count(.leftOn)),
          ]))
      case .on:
        JSON.Member(
          "count",
          .object([
            "turned_on": .integer(count(.turnedOn)), "on_already": .integer(count(.onAlready)),
            "left_off": .integer(count(.leftOff)), "lost": .integer(count(.lost)),
          ]))
      case .list: nil
      }
    return [JSON.Member("jobs", .array(jobs.map(\.json))), JSON.Member("recorded", .integer(recorded))]
      + (counts.map { [$0] } ?? [])
  }
}

extension HandledJob {
  fileprivate var json: JSON {
    .object([
      "id": .integer(id), "procedure": .name(identity.procedure), "relation": .name(identity.relation),
      "owner": .text(owner.name), "result": .text(outcome?.rawValue),
      "scheduled": isScheduled.map { .flag($0) } ?? .null,
      "recorded": isRecorded.map { .flag($0) } ?? .null, "schedule_interval": .text(schedule.interval),
      "fixed_schedule": .flag(schedule.isFixed), "initial_start": .text(schedule.initialStart),
      "timezone": .text(schedule.timezone), "next_start": .text(nextStart?.rfc3339),
      "config": .text(identity.config), "last_start": .text(lastRun?.began.rfc3339),
      "last_succeeded": lastRun.map { .flag($0.hasSucceeded) } ?? .null, "backend": .integer(worker?.process),
      "running_since": .text(worker?.since?.rfc3339),
    ])
  }
}
