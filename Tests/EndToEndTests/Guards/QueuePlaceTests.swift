import TestServers
import Testing

@Suite("A role that may not make the queue's schema", .needsServer) struct QueuePlaceTests {
  private static let table = """
    CREATE TABLE stated (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('stated', 'time', chunk_time_interval => interval '1 day');
    """

  @Test("is told the privilege to grant, before any chunk is made", arguments: TestServer.ends)
  func privilege(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup, targetSetup: Self.table)
    let database = "\"\(migration.target.name)\""
    try migration.target.executeAsSuperuser("REVOKE CREATE ON DATABASE \(database) FROM app, PUBLIC")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    let grant = "GRANT CREATE ON DATABASE \(database) TO \"app\""
    #expect(refused.stderr.contains(grant), "\(refused)")
    #expect(!refused.stderr.contains("owner of the tables"), "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM show_chunks('stated')") == "0")
    try migration.target.executeAsSuperuser(grant)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }
}
