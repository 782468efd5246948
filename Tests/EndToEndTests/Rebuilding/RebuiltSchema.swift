import TestServers
import Testing

/// What a rebuilt database has beside its source.
struct RebuiltSchema {
  /// Granted for the time of the migration.
  static let granted = [
    "+GRANT CREATE ON SCHEMA _timescaledb_internal TO app;",
    "+GRANT UPDATE ON TABLE _timescaledb_catalog.compression_chunk_size TO app;",
    "+GRANT UPDATE(scheduled) ON TABLE _timescaledb_config.bgw_job TO app;",
  ]

  /// Lines of `pg_dump --schema-only` that only one side has, without chunks. The numbers of hypertables differ, and so
  /// does the order of what is called by them.
  static func differences(of rig: SchemaRig) async throws -> [String] {
    let dumps = try await SchemaDumps(
      of: rig, ["--exclude-schema=_timescaledb_internal", "--exclude-schema=chunks"])
    let (source, target) = (counts(dumps.source), counts(dumps.target))
    let lines = Set(source.keys).union(target.keys)
    return lines.flatMap { line in
      let more = (target[line] ?? 0) - (source[line] ?? 0)
      return Array(repeating: (more > 0 ? "+" : "-") + line, count: abs(more))
    }.sorted()
  }

  private static func counts(_ lines: [String]) -> [String: Int] {
    let numbered = try? Regex(#"(_materialized_hypertable_|cagg_watermark\(|invalidation_trigger\(')[0-9]+"#)
    guard let numbered else { return [:] }
    return Dictionary(lines.map { ($0.replacing(numbered, with: "N"), 1) }, uniquingKeysWith: +)
  }

  /// Both sides have the same definitions, and all jobs are off on the target.
  static func expectSame(_ rig: SchemaRig, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try rig.expectSame(
      DefinedDatabase.facts + DefinedDatabase.communityFacts, sourceLocation: sourceLocation)
    let (there, here) = (try rig.sourceSession(), try rig.targetSession())
    let jobs = try there.query(DefinedDatabase.jobs("j.scheduled"))
    #expect(jobs.count == 14, sourceLocation: sourceLocation)
    #expect(
      try here.query(
        DefinedDatabase.jobs("EXISTS (SELECT FROM __backfill.job AS b WHERE b.job_id = j.id)")) == jobs,
      sourceLocation: sourceLocation)
    #expect(
      try here.query("SELECT count(*) FROM _timescaledb_config.bgw_job WHERE scheduled AND id >= 1000")
        == [["0"]], sourceLocation: sourceLocation)
  }
}
