import TestServers
import TestTraits
import Testing

@Suite("The source", .needsServer) struct ReadOnlySourceTests {
  private static let setup = """
    CREATE TABLE looked_at (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('looked_at', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE looked_at SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
    INSERT INTO looked_at SELECT t, d, 1
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 12:00Z', '1 hour') AS t, generate_series(1, 3) AS d;
    SELECT compress_chunk(c) FROM show_chunks('looked_at', older_than => '2024-01-03Z'::timestamptz) AS c;
    CREATE MATERIALIZED VIEW looked_daily WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 day', time) AS day, device, count(*) AS n FROM looked_at GROUP BY 1, 2 WITH NO DATA
    """

  @Test(
    "is never written to: no transaction there gets an id, and each is read only",
    .needs(TestServer.oneCommunity),
    arguments: TestServer.oneCommunity)
  func readOnly(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(
      extraSettings: [
        "log_statement": "all", "autovacuum": "off", "log_line_prefix": "%m [%p] %q%a %u@%d xid=%x ",
      ])
    let source = try await cluster.makeDatabase(version: server.timescaleVersion, setup: Self.setup)
    let target = try await server.makeDatabase()
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    let observer = try source.session()
    let next = "SELECT pg_snapshot_xmax(pg_current_snapshot())"
    let before = try observer.query(next)
    let logged = cluster.log().count
    try await migration.run("stage", "--until", "2024-01-04T06:00:00Z")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    // To 2.22 TimescaleDB itself locks a row of its catalog for whoever reads a chunk, which takes an id.
    if server.timescaleVersion >= TimescaleVersion(2, 23, 0) {
      #expect(try observer.query(next) == before, "a transaction on the source got an id, so it wrote")
    }

    let statements = cluster.log().dropFirst(logged).split(separator: "\n").filter {
      $0.contains("timescaledb-backfill")
    }
    #expect(statements.count > 10)
    let opened = statements.filter { $0.contains("BEGIN") }
    #expect(!opened.isEmpty)
    for line in opened { #expect(line.contains("READ ONLY"), "\(line)") }
    // What runs outside of such a transaction can't write either. The log breaks a batch into lines.
    let defaults = cluster.log().dropFirst(logged).split(separator: "\n").filter {
      $0.contains("SET default_transaction_read_only")
    }
    #expect(!defaults.isEmpty)
    for line in defaults { #expect(line.contains("= on"), "\(line)") }
  }
}
