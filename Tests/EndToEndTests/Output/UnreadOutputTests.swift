import TestConnections
import TestServers
import Testing

@Suite("Standard output that nobody reads", .needsServer) struct UnreadOutputTests {
  private static let inTransaction = """
    count(*) = 0 FROM pg_stat_activity
    WHERE application_name LIKE 'timescaledb-backfill%' AND datname = current_database() AND xact_start IS NOT NULL
    """

  @Test("keeps no chunk from being copied and no transaction open; what it missed comes when it is read")
  func stuck() async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let pipe = try UnreadPipe()
    let running = try migration.backfill.start(["copy", "-p2"], pipe: pipe)
    try await migration.target.wait(
      until: "count(*) = 5 AND bool_and(worked IS NOT NULL) FROM __backfill.task")
    for database in [migration.source, migration.target] {
      try await database.wait(until: Self.inTransaction)
    }
    #expect(await running.isRunning)
    let told = await pipe.readAll()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(told.contains("[5/5] Copied") && told.contains("from 5 chunks in "), "\(told)")
    try migration.expectSame("stated")
  }

  @Test("that was closed is no reason to stop or to fail")
  func closed() async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    var pipe: UnreadPipe? = try UnreadPipe()
    let running = try migration.backfill.start(["copy", "-p2"], pipe: pipe)
    pipe = nil
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0 && outcome.stderr.isEmpty, "\(outcome)")
    #expect(
      try migration.target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NOT NULL") == "5")
    try migration.expectSame("stated")
  }
}
