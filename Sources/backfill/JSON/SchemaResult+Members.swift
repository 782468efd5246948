import BackfillCommands
import JSONValues
import Postgres

extension SchemaResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member(
        "steps",
        .array(
          steps.map { .object(["step": .text($0.step.name), "seconds": .seconds($0.duration)]) })),
      JSON.Member(
        "roles",
        .object([
          "created": .names(createdRoles), "kept": .names(keptRoles),
          "without_password": .names(rolesWithoutPassword),
        ])),
      JSON.Member("database_created", .flag(isDatabaseCreated)),
      JSON.Member("objects", .integer(objects)),
      JSON.Member("hypertables", .integer(hypertables)),
      JSON.Member("jobs_off", .integer(jobsOff)),
      JSON.Member(
        "tables",
        .array(
          tables.map {
            .object(["table": .name($0.name), "rows": .integer($0.rows), "merged": .flag($0.isMerged)])
          })),
      JSON.Member("sequences", .integer(sequences)),
      JSON.Member("retention", .array(retention.map { .integer($0.id) })),
      JSON.Member("revoking", .names(revoking)),
    ]
  }
}

extension StepProgress {
  /// Of a line of `--json-progress`.
  var members: [JSON.Member] {
    [
      JSON.Member("step", .text(step.name)), JSON.Member("number", .integer(number)),
      JSON.Member("total", .integer(count)), JSON.Member("message", .text(step.title)),
      JSON.Member("seconds", .seconds(duration)),
    ]
  }
}
