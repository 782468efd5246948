import TestServers
import Testing

@Suite("A chunk that fails", .needsServer) struct FailedChunkTests {
  /// A hundred chunks, one of which holds a row that the target won't have.
  private static let setup = """
    CREATE TABLE measured (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('measured', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO measured SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05 03:59Z', '20 min') AS t;
    UPDATE measured SET value = -999 WHERE time = '2024-01-03 12:20Z'
    """
  private static let constraint = "ALTER TABLE measured ADD CONSTRAINT no_sentinels CHECK (value <> -999)"

  @Test(
    "leaves the ninety-nine others to be copied, and after the repair is the one that the next run copies",
    arguments: TestServer.one)
  func oneOfHundred(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(Self.constraint)
    try await migration.run("stage", "--until", "2024-02-01")
    #expect(try migration.target.tasks() == 100)

    let failed = try await migration.run("copy", "-p3", exits: 1)
    #expect(failed.copiedChunks.count == 99, "\(failed)")
    let chunk = try #require(try migration.chunk(of: "measured", at: "2024-01-03 12:20Z"))
    for fact in [chunk, "no_sentinels", "23514", "drop the constraint or change the row"] {
      #expect(failed.stderr.contains(fact), "\(fact): \(failed)")
    }
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 99)
    try migration.expectSame(
      "measured", where: "value <> -999 AND time_bucket('1 hour', time) <> '2024-01-03 12:00Z'")
    let record = try migration.target.query(
      """
      SELECT attempts, last_error LIKE '%no_sentinels%SQLSTATE 23514%', last_error_at > now() - interval '5 min',
        format('"%s"."%s"', chunk_schema, chunk_name) FROM __backfill.task WHERE worked IS NULL
      """)
    #expect(record == [["1", "t", "t", chunk]])

    let done = try migration.target.query(
      "SELECT priority, worked FROM __backfill.task WHERE worked IS NOT NULL ORDER BY 1")
    try migration.target.execute("ALTER TABLE measured DROP CONSTRAINT no_sentinels")
    let repaired = try await migration.run("copy")
    #expect(repaired.copiedChunks.count == 1, "\(repaired)")
    #expect(repaired.stdout.contains("[1/1]"), "\(repaired)")
    let same = try migration.target.query(
      "SELECT priority, worked FROM __backfill.task WHERE attempts = 0 ORDER BY 1")
    #expect(same == done, "a chunk was copied again")
    try await migration.run("verify")
    try migration.expectSame("measured")
  }

  @Test("ends the run with --fail-fast, and the rest stays for the next", arguments: TestServer.one)
  func failFast(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(Self.constraint)
    try await migration.run("stage", "--until", "2024-02-01")
    let failed = try await migration.run("copy", "-p1", "--fail-fast", exits: 1)
    // The newest first: 39 are newer than the bad one.
    #expect(failed.copiedChunks.count == 39, "\(failed)")
    #expect(failed.stderr.contains("no_sentinels") && failed.stderr.contains("1 chunk failed"), "\(failed)")
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 0") == 60)
    let next = try await migration.run("copy", "-p3", exits: 1)
    #expect(next.copiedChunks.count == 60, "\(next)")
  }

  @Test("is taken up again after the fresh ones, and its attempts are counted", arguments: TestServer.one)
  func order(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(Self.constraint)
    try await migration.run("stage", "--from", "2024-01-03 12:00Z", "--until", "2024-01-03 15:00Z")
    let first = try await migration.run("copy", "-p1", exits: 1)
    #expect(first.copiedChunks.count == 2, "\(first)")
    // Fresh ones, which come later in the order of the queue.
    try await migration.run("stage", "--from", "2024-01-03 08:00Z", "--until", "2024-01-03 15:00Z")
    let second = try await migration.run("copy", "-p1", exits: 1)
    #expect(second.copiedChunks.count == 4, "\(second)")
    let times = try migration.target.query(
      """
      SELECT last_error_at > (SELECT max(lower(worked)) FROM __backfill.task), attempts FROM __backfill.task
      WHERE last_error IS NOT NULL
      """)
    #expect(times == [["t", "2"]])
    try migration.target.execute("ALTER TABLE measured DROP CONSTRAINT no_sentinels")
    let third = try await migration.run("copy", "-p1")
    #expect(third.copiedChunks.count == 1, "\(third)")
  }
}

extension Migration {
  /// The source's chunk that holds a time, as `"schema"."name"`.
  func chunk(of hypertable: String, at time: String) throws -> String? {
    try source.value(
      """
      SELECT format('"%s"."%s"', chunk_schema, chunk_name) FROM timescaledb_information.chunks
      WHERE hypertable_name = \(quotedLiteral(hypertable))
        AND range_start <= \(quotedLiteral(time)) AND range_end > \(quotedLiteral(time))
      """)
  }
}
