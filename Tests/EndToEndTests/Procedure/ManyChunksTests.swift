import TestServers
import Testing

@Suite("Many chunks", .needsServer) struct ManyChunksTests {
  @Test("1,200 tiny chunks are staged in one go, missing on the target or not", arguments: TestServer.one)
  func many(server: TestServer) async throws {
    let definition = """
      CREATE TABLE many (time bigint NOT NULL, value int);
      SELECT create_hypertable('many', 'time', chunk_time_interval => 10);
      """
    let migration = try await Migration.on(
      server, setup: definition + "INSERT INTO many SELECT t, t % 7 FROM generate_series(0, 11999, 5) AS t",
      targetSetup: definition)
    defer {
      try? migration.source.drop()
      try? migration.target.drop()
    }
    let made = try await migration.run("stage", "--until", "6000")
    #expect(made.stdout.contains("600 chunks"), "\(made)")
    let staged = try await migration.run("stage", "--until", "12000")
    let again = try await migration.run("stage", "--until", "12000")
    #expect(again.stdout.contains("already"), "\(again)")
    let copied = try await migration.run("copy")
    let verified = try await migration.run("verify")
    try migration.expectSame("many")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 1200)
    print(
      """
      many chunks: staging 600 missing \(made.duration), 600 more \(staged.duration), again \(again.duration); \
      copying 1,200 \(copied.duration), verifying \(verified.duration)
      """)
  }
}
