import TestServers
import Testing

/// The whole procedure on every server: what is promised to everybody.
@Suite("Migration", .needsServer) struct MigrationTests {
  @Test("history arrives exactly, and rows outside the range stay", arguments: TestServer.all)
  func wholeProcedure(server: TestServer) async throws {
    let source = try await server.makeDatabase(
      setup: """
        CREATE TABLE metrics (time timestamptz NOT NULL, device int NOT NULL, value float8, note text);
        SELECT create_hypertable('metrics', 'time', chunk_time_interval => interval '1 day');
        CREATE INDEX ON metrics (device, time DESC);
        INSERT INTO metrics
        SELECT t, d, extract(epoch FROM t) / d, md5(t::text || d)
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-10Z', '10 minutes') AS t,
          generate_series(1, 5) AS d;
        """)
    let target = try await server.makeDatabase()
    try await source.dumpSchema(into: target)
    // Written to both sides: one row in the range, which the source's replace, and rows after it, which stay.
    try target.execute(
      """
      INSERT INTO metrics VALUES ('2024-01-05 03:00Z', 1, -1, 'replaced'), ('2024-01-09 12:00Z', 1, -2, 'kept'),
        ('2024-01-09 18:00Z', 1, -3, 'kept')
      """)
    let backfill = BackfillProcess(source: source.connectionString, target: target.keywordString)
    for arguments in [
      ["stage", "--until", "2024-01-09T12:00:00Z"], ["copy", "-p4"], ["verify", "-p", "3"],
    ] {
      let outcome = try await backfill.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    let before = "SELECT count(*), sum(hashtext(m::text)) FROM metrics AS m WHERE time < '2024-01-09 12:00Z'"
    #expect(try source.query(before) == target.query(before))
    #expect(
      try target.query("SELECT value, note FROM metrics WHERE time >= '2024-01-09 12:00Z' ORDER BY time")
        == [["-2", "kept"], ["-3", "kept"]])
    let clean = try await backfill.run(["clean"])
    #expect(clean.exitCode == 0, "\(clean)")
    #expect(try target.value("SELECT to_regnamespace('__backfill')") == nil)
  }
}
