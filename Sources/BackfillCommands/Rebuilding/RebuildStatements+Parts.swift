import ChunkCatalog
import Postgres
import TimescaleDB

extension RebuildStatements {
  /// The same as `RebuildTransfer` does, for a script.
  func parts(_ plan: SchemaPlan) -> [SchemaScript.Part] {
    let before: SQL = "pg_temp.backfill_jobs"
    var parts: [SchemaScript.Part] = [
      .sql(JobAlteration.noting(in: before)), .sql(tables),
    ]
    parts += copies.map { .rows(reading: $0.reading, filling: $0.filling) }
    if !positions.isEmpty { parts.append(.sql(advancing)) }
    parts += [.step(.hypertables), .sql(constraints), .sql(ScriptOfArchive.resetting)]
    parts += definitions.hypertables.map { .sql($0.sql) }
    parts += [.step(.aggregates)] + definitions.aggregates.map { .sql($0.sql) }
    parts += [.sql(late), .sql(ScriptOfArchive.resetting + refreshing), .step(.jobs)]
    parts += definitions.jobs.map { .sql($0.sql) }
    if !definitions.jobs.isEmpty {
      parts += [
        .sql(JobRecord.opening),
        .sql(RecordedJob.recording(where: "f.scheduled AND f.id NOT IN (SELECT id FROM \(before))")),
        .sql(
          JobAlteration.turningAllOff(
            but: before, schema: plan.extensionSchema, directly: !plan.isManaged)),
      ]
    }
    guard !plan.isManaged, !plan.skipsGrants else { return parts }
    let granting = SchemaScript.granting(plan, handsOver: !definitions.jobs.isEmpty)
    return parts + granting.map { .sql($0 + ";") }
  }
}
