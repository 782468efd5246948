import TestServers
import Testing

@Suite("Snapshots", .needsServer) struct SnapshotTests {
  @Test("what is written after the snapshot is not copied", arguments: TestServer.one)
  func honoured(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let before = try migration.source.contents(of: "stated")
    let exporter = try migration.source.session()
    try exporter.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    let snapshot = try #require(try exporter.query("SELECT pg_export_snapshot()").first?.first ?? nil)
    // In a chunk that exists, in one that doesn't, and rows that change and go.
    let later = """
      INSERT INTO stated VALUES ('2024-01-02 00:30Z', 2), ('2024-01-20Z', 2);
      UPDATE stated SET value = 2 WHERE time = '2024-01-03 05:00Z';
      DELETE FROM stated WHERE time = '2024-01-04 05:00Z';
      """
    try migration.source.execute(later)
    try await migration.run("stage", "--until", "2024-02-01", "--snapshot", snapshot)
    #expect(try migration.target.tasks(where: "snapshot = '\(snapshot)'") == 5)
    try migration.source.execute(later)
    try await migration.run("copy", "-p3")
    #expect(try migration.target.contents(of: "stated") == before)
    try await migration.run("verify")
    // Once it is gone, nothing can be read as it was.
    try exporter.execute("COMMIT")
    try migration.target.execute("UPDATE __backfill.task SET worked = NULL, verified = NULL")
    let copied = try await migration.run("copy", exits: 1)
    #expect(copied.stderr.contains("snapshot") && copied.stderr.contains("hint: "), "\(copied)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 5)
    #expect(try migration.target.contents(of: "stated") == before)
  }
}
