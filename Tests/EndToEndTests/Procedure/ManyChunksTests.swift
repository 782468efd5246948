import TestServers
import Testing

@Suite("Many chunks", .needsServer) struct ManyChunksTests {
  @Test("2,000 tiny chunks are staged in one go, missing on the target or not", arguments: TestServer.one)
  func twoThousand(server: TestServer) async throws {
    let definition = """
      CREATE TABLE many (time bigint NOT NULL, value int);
      SELECT create_hypertable('many', 'time', chunk_time_interval => 10);
      """
    let migration = try await Migration.on(
      server, setup: definition + "INSERT INTO many SELECT t, t % 7 FROM generate_series(0, 19999, 5) AS t",
      targetSetup: definition)
    defer {
      try? migration.source.drop()
      try? migration.target.drop()
    }
    let made = try await migration.run("stage", "--until", "10000")
    #expect(made.stdout.contains("1000 chunks"), "\(made)")
    let staged = try await migration.run("stage", "--until", "20000")
    let again = try await migration.run("stage", "--until", "20000")
    #expect(again.stdout.contains("already"), "\(again)")
    let copied = try await migration.run("copy")
    let verified = try await migration.run("verify")
    try migration.expectSame("many")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 2000)
    print(
      """
      many chunks: staging 1,000 missing \(made.duration), 1,000 more \(staged.duration), again \(again.duration); \
      copying 2,000 \(copied.duration), verifying \(verified.duration)
      """)
  }
}
