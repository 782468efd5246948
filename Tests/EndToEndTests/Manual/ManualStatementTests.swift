import TestServers
import TestTraits
import Testing

@testable import backfill

@Suite("The manual's SQL") struct ManualStatementTests {
  @Test("is complete wherever it stands") func complete() {
    let statements = ManualPage.all.flatMap(\.statements)
    #expect(statements.count >= 15)
    #expect(statements.filter { !$0.hasSuffix(";") } == [])
  }

  /// On a server of its own, as privileges on parameters are granted.
  @Test(
    "runs after a migration, privileges given by a superuser and the rest by the owner",
    .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func runs(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster()
    let source = try await cluster.makeDatabase(
      version: server.timescaleVersion,
      setup: """
        CREATE TABLE readings (time timestamptz NOT NULL, value int);
        SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO readings
        SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05Z', '1 hour') AS t
        """)
    let target = try await cluster.makeDatabase(version: server.timescaleVersion, name: "metrics")
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    for page in ManualPage.all {
      for statement in page.statements {
        // 14 has no privileges on parameters; the page says so.
        if server.pgMajor < 15, statement.contains("ON PARAMETER") { continue }
        do { try run(statement, on: target) } catch { Issue.record("help \(page.topic): \(error)") }
      }
    }
  }

  private func run(_ statement: String, on database: TestDatabase) throws {
    if statement.contains("GRANT ") || statement.contains("REVOKE ") {
      try database.executeAsSuperuser(statement)
    } else {
      try database.execute(statement)
    }
  }
}
