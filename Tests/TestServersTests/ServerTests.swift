import TestServers
import TestTraits
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ServerTests {
  @Test(
    "a server is found",
    .needs(TestServer.all))
  func aServerIsFound() {
    #expect(!TestServer.all.isEmpty)
  }

  @Test("a database has the version asked for", arguments: TestServer.all)
  func databaseVersion(server: TestServer) async throws {
    let database = try await server.makeDatabase(
      setup: """
        CREATE TABLE metrics (time timestamptz NOT NULL, value float8);
        SELECT create_hypertable('metrics', 'time');
        INSERT INTO metrics SELECT '2024-01-01'::timestamptz + n * interval '1 day', n
        FROM generate_series(1, 30) n;
        """)
    #expect(
      try database.value("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'")
        == server.timescaleVersion.description)
    #expect(try database.value("SELECT count(*) FROM metrics") == "30")
    #expect(try database.value("SHOW server_version_num")?.prefix(2) == "\(server.pgMajor)")
    #expect(
      try SQLSession(connectionString: database.keywordString).query("SELECT 1, NULL") == [
        ["1", nil]
      ])
    try database.drop()
  }
}

@Suite(
  .timeLimit(.minutes(10)),
  .needs(TestServer.community))
struct CommunityTests {
  @Test("the Community edition compresses", arguments: TestServer.community)
  func compresses(server: TestServer) async throws {
    let database = try await server.makeDatabase(
      options: DatabaseOptions(
        extensionSchema: "Time scale", encoding: "LATIN1", locale: "C",
        settings: ["TimeZone": "Asia/Kathmandu"]),
      setup: """
        SET search_path = public, "Time scale";
        CREATE TABLE metrics (time timestamptz NOT NULL, value float8);
        SELECT create_hypertable('metrics', 'time');
        ALTER TABLE metrics SET (timescaledb.compress);
        INSERT INTO metrics VALUES ('2024-01-01', 1);
        SELECT compress_chunk(c) FROM show_chunks('metrics') c;
        """)
    #expect(try database.value("SELECT count(*) FROM metrics") == "1")
    #expect(try database.value("SHOW TimeZone") == "Asia/Kathmandu")
    #expect(try database.value("SHOW server_encoding") == "LATIN1")
    let other = try await server.makeDatabase(
      options: DatabaseOptions(extensionSchema: "Time scale"))
    try await database.dumpSchema(into: other)
  }
}
