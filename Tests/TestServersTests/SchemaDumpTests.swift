import TestServers
import TestTraits
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SchemaDumpTests {
  @Test("a dumped schema has its chunks, owners and no rows", arguments: TestServer.all)
  func dump(server: TestServer) async throws {
    let source = try await server.makeDatabase(
      setup: """
        CREATE TABLE "Odd "" name" (time timestamptz NOT NULL, device int, value float8);
        SELECT create_hypertable('"Odd "" name"', 'time');
        CREATE INDEX ON "Odd "" name" (device, time);
        INSERT INTO "Odd "" name" SELECT '2024-01-01'::timestamptz + n * interval '1 day', 1, n
        FROM generate_series(1, 30) n;
        """)
    if server.isCommunity {
      try source.execute(
        """
        CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
        SELECT time_bucket('1 day', time) AS day, max(value) FROM "Odd "" name" GROUP BY 1
        """)
    }
    let target = try await server.makeDatabase()
    try await source.dumpSchema(into: target)
    #expect(try target.value(#"SELECT count(*) FROM "Odd "" name""#) == "0")
    #expect(try target.value(#"SELECT count(*) > 0 FROM show_chunks('"Odd "" name"')"#) == "t")
    #expect(
      try target.value(
        "SELECT bool_and(owner = 'app') FROM timescaledb_information.hypertables") == "t")
    try target.execute(
      #"INSERT INTO "Odd "" name" SELECT now() + n * interval '1 day' FROM generate_series(1, 20) n"#
    )
    #expect(try target.value(#"SELECT count(*) FROM "Odd "" name""#) == "20")
  }
}

@Suite(
  .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct FailingSchemaDumpTests {
  @Test("an object that is in the way is an error")
  func collision() async throws {
    let server = try #require(TestServer.newest)
    let source = try await server.makeDatabase(setup: "CREATE TABLE taken (n int)")
    let target = try await server.makeDatabase(setup: "CREATE TABLE taken (n int)")
    await #expect(throws: HarnessError.self) { try await source.dumpSchema(into: target) }
  }
}
