import TestServers
import Testing

@Suite("A source with a new identity, as after pg_upgrade", .needsServer) struct AdoptedSourceTests {
  /// Staged, with two chunks copied; and then the source has another identity.
  private func upgraded(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute("CREATE TABLE kept AS TABLE __backfill.task")
    try migration.target.execute("UPDATE __backfill.task SET passed_by = 'x' WHERE priority > 2")
    try await migration.run("copy")
    try migration.target.execute(
      """
      UPDATE __backfill.task SET worked = NULL, verified = NULL WHERE priority > 2;
      CREATE TABLE done AS SELECT priority, worked FROM __backfill.task WHERE worked IS NOT NULL;
      UPDATE __backfill.session SET source_lsn = 'FFFFFFF/0',
        source_fingerprint = source_fingerprint || '{"system_identifier": "1"}'
      """)
    return migration
  }

  @Test(
    "is adopted by stage when it has the staged chunks, and nothing is copied twice",
    arguments: TestServer.ends)
  func adopted(server: TestServer) async throws {
    let migration = try await upgraded(server)
    for arguments in [["copy"], ["verify"], ["stage", "--until", "2024-02-01"]] {
      let refused = try await migration.backfill.run(arguments)
      #expect(refused.exitCode == 1, "\(refused)")
      #expect(refused.stderr.contains("stage --adopt-source"), "\(refused)")
    }
    let adopted = try await migration.run("stage", "--until", "2024-02-01", "--adopt-source")
    #expect(adopted.stdout.contains("the chunks of its 5 tasks"), "\(adopted)")
    #expect(adopted.stdout.contains("Staged 0 chunks"), "\(adopted)")
    let copied = try await migration.run("copy")
    #expect(copied.copiedChunks.count == 3, "\(copied)")
    #expect(
      try migration.target.value(
        "SELECT count(*) FROM done JOIN __backfill.task USING (priority, worked)") == "2")
    try await migration.run("verify")
    try migration.expectSame("stated")
  }

  @Test(
    "is refused when its chunks are others",
    arguments: [
      ("dimensions = jsonb_set(dimensions, '{0,range_start}', '0')", "the bounds of chunk"),
      ("chunk_name = 'no_such_chunk'", "it has no chunk \"_timescaledb_internal\".\"no_such_chunk\""),
      ("hypertable_name = 'other'", "belongs to hypertable"),
    ])
  func others(change: String, told: String) async throws {
    let migration = try await upgraded(try #require(TestServer.newest))
    try migration.target.execute("UPDATE __backfill.task SET \(change) WHERE priority = 4")
    let refused = try await migration.run("stage", "--until", "2024-02-01", "--adopt-source", exits: 1)
    #expect(refused.stderr.contains(told), "\(refused)")
    let copied = try await migration.run("copy", exits: 1)
    #expect(copied.stderr.contains("system identifier was 1"), "\(copied)")
  }
}
