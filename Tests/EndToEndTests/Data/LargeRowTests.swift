import TestServers
import Testing

@Suite("Large rows", .needsServer) struct LargeRowTests {
  @Test("a row of 50 MB arrives", arguments: TestServer.one)
  func fiftyMegabytes(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE large (time timestamptz NOT NULL, text text, bytes bytea);
        ALTER TABLE large ALTER text SET STORAGE EXTERNAL, ALTER bytes SET STORAGE EXTERNAL;
        SELECT create_hypertable('large', 'time');
        INSERT INTO large VALUES ('2024-01-01Z', 'small', 'small'),
          ('2024-01-01Z', repeat('ten letters', 2500000), decode(repeat('00ff5c0a', 6250000), 'hex'));
        """)
    defer {
      try? migration.source.drop()
      try? migration.target.drop()
    }
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    let question = "SELECT length(text), md5(text), length(bytes), md5(bytes) FROM large ORDER BY 1"
    let found = try migration.target.query(question)
    #expect(found.map { $0[2] } == ["5", "25000000"])
    #expect(try found == migration.source.query(question))
  }
}
