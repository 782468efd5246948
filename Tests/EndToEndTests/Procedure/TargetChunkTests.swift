import TestServers
import Testing

@Suite("Chunks of the target", .needsServer) struct TargetChunkTests {
  private static func definition(interval: String) -> String {
    """
    CREATE TABLE chunked (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('chunked', 'time', chunk_time_interval => interval '\(interval)');
    """
  }

  private static let source =
    definition(interval: "1 day") + """
      INSERT INTO chunked SELECT t, d, extract(epoch FROM t) / d
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-10Z', '1 hour') AS t, generate_series(1, 3) AS d;
      """

  private func migrate(to definition: String, on server: TestServer) async throws -> (
    Migration, BackfillProcess.Outcome
  ) {
    let migration = try await Migration.on(server, setup: Self.source, targetSetup: definition)
    try migration.target.execute(
      """
      INSERT INTO chunked VALUES ('2024-01-04 00:30Z', 9, 0), ('2024-01-08 11:59Z', 9, 0),
        ('2024-01-08 12:00Z', 9, -1), ('2024-01-01 05:59Z', 9, -2)
      """)
    let staged = try await migration.run(
      "stage", "--from", "2024-01-01T06:00:00Z", "--until", "2024-01-08T12:00:00Z")
    try await migration.copyAndVerify()
    let range = "time >= '2024-01-01 06:00Z' AND time < '2024-01-08 12:00Z'"
    try migration.expectSame("chunked", where: range)
    #expect(
      try migration.target.query("SELECT value FROM chunked WHERE NOT (\(range)) ORDER BY value")
        == [["-2"], ["-1"]])
    return (migration, staged)
  }

  @Test("are made like the source's where they are missing", arguments: TestServer.all)
  func missing(server: TestServer) async throws {
    // Of the same interval, so that those which rows made are like the source's too, but for a week.
    let (migration, _) = try await migrate(to: Self.definition(interval: "1 day"), on: server)
    let slices = """
      SELECT range_start, range_end FROM timescaledb_information.chunks
      WHERE hypertable_name = 'chunked' AND range_start < '2024-01-08 12:00Z' ORDER BY 1
      """
    #expect(try migration.target.query(slices) == migration.source.query(slices))
  }

  @Test("with other bounds take their rows through the hypertable", arguments: TestServer.all)
  func overlapping(server: TestServer) async throws {
    let (migration, staged) = try await migrate(to: Self.definition(interval: "5 days"), on: server)
    #expect(staged.stderr.contains("\"public\".\"chunked\""), "\(staged)")
    #expect(try migration.target.tasks(where: "copy_message LIKE '%through the hypertable%'") > 0)
  }

  @Test("that are gone since staging, or were made anew, do no harm", arguments: TestServer.ends)
  func dropped(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.source)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      """
      SELECT drop_chunks('chunked', older_than => '2024-01-04Z'::timestamptz);
      INSERT INTO chunked VALUES ('2024-01-02 07:00Z', 1, 1)
      """)
    try await migration.copyAndVerify()
    try migration.expectSame("chunked")
  }

  @Test("of the source that are gone since staging are skipped, and said so", arguments: TestServer.ends)
  func goneFromSource(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.source)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.source.execute("SELECT drop_chunks('chunked', older_than => '2024-01-03Z'::timestamptz)")
    let copied = try await migration.run("copy")
    #expect(copied.stdout.contains("Skipped 2 chunks that no longer exist on the source"), "\(copied)")
    try await migration.run("verify")
    try migration.expectSame("chunked")
  }
}
