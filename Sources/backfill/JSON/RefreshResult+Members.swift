import BackfillCommands
import JSONValues
import Postgres

extension RefreshResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stopped", .flag(stopped)),
      JSON.Member(
        "aggregates",
        .object([
          "refreshed": .integer(refreshed), "up_to_date": .integer(upToDate),
          "failed": .integer(failures.count),
        ])),
      JSON.Member(
        "watermarks",
        .object(["file": .text(written?.path), "aggregates": .integer(written?.aggregates)])),
      JSON.Member("ranges", .array(aggregates.map { .members($0.members) })),
    ]
  }
}

extension RefreshedAggregate {
  var members: [JSON.Member] {
    [
      JSON.Member("aggregate", .name(view)), JSON.Member("from", .text(range?.from)),
      JSON.Member("to", .text(range?.to)), JSON.Member("seconds", .seconds(duration)),
    ]
  }
}

extension CleanResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member(
        "tasks", .object(["removed": .integer(removedTasks), "uncopied": .integer(uncopiedTasks)])),
      JSON.Member("loads", .object(["removed": .integer(removedLoads)])),
      JSON.Member("chunks", .object(["restored": .integer(restoredChunks)])),
      JSON.Member("jobs", .object(["recorded": .integer(recordedJobs)])),
    ]
  }
}
