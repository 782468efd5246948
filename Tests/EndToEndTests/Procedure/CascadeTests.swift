import TestServers
import Testing

/// A filter with its cascades, and what it chooses of two hypertables with continuous aggregates on them:
/// readings - hourly - daily, readings - other, events.
struct Cascade: Sendable {
  let arguments: [String]
  let chosen: [String]

  static let all = [
    Cascade(arguments: [], chosen: ["daily", "events", "hourly", "other", "readings"]),
    Cascade(arguments: ["-f", "hourly"], chosen: ["hourly"]),
    Cascade(arguments: ["-f", "PUBLIC\\.HOUR"], chosen: ["hourly"]),
    Cascade(arguments: ["-f", "hourly", "-U"], chosen: ["daily", "hourly"]),
    Cascade(arguments: ["-f", "hourly", "-D"], chosen: ["hourly", "readings"]),
    Cascade(
      arguments: ["-f", "hourly", "--cascade-up", "--cascade-down"], chosen: ["daily", "hourly", "readings"]),
    Cascade(arguments: ["-f", "daily", "--cascade-down"], chosen: ["daily", "hourly", "readings"]),
    Cascade(
      arguments: ["-f", "readings", "--cascade-up"], chosen: ["daily", "hourly", "other", "readings"]),
    Cascade(arguments: ["-f", "readings", "-D"], chosen: ["readings"]),
    Cascade(arguments: ["-f", "events|other", "-UD"], chosen: ["events", "other", "readings"]),
    Cascade(arguments: ["-f", "_timescaledb_internal|_materialized", "-U"], chosen: []),
  ]
}

@Suite("Filter and cascades", .needsCommunity) struct CascadeTests {
  private static let setup = """
    CREATE TABLE readings (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE events (time timestamptz NOT NULL, what text);
    SELECT create_hypertable('events', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO readings SELECT t, d, extract(epoch FROM t) / d
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-09Z', '20 minutes') AS t, generate_series(1, 3) AS d;
    INSERT INTO events SELECT t, 'event' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 hour', time) AS hour, device, avg(value) AS mean, count(*) AS n FROM readings GROUP BY 1, 2
      WITH NO DATA;
    CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 day', hour) AS day, sum(n) AS n, max(mean) AS peak FROM hourly GROUP BY 1 WITH NO DATA;
    CREATE MATERIALIZED VIEW other WITH (timescaledb.continuous) AS
      SELECT time_bucket('6 hours', time) AS span, max(value) AS peak FROM readings GROUP BY 1 WITH NO DATA;
    """

  private func migration(on server: TestServer) async throws -> Migration {
    let source = try await server.makeDatabase(setup: Self.setup)
    for view in ["hourly", "daily", "other"] {
      try source.execute("CALL refresh_continuous_aggregate('\(view)', NULL, NULL)")
    }
    let target = try await server.makeDatabase()
    try await source.dumpSchema(into: target)
    return Migration(from: source, to: target)
  }

  @Test("choose by the views' names, upwards, downwards and both from the matches", arguments: TestServer.one)
  func cascades(server: TestServer) async throws {
    let migration = try await migration(on: server)
    for cascade in Cascade.all {
      let outcome = try await migration.backfill.run(["stage", "--until", "2024-02-01"] + cascade.arguments)
      #expect(outcome.exitCode == (cascade.chosen.isEmpty ? 1 : 0), "\(cascade.arguments): \(outcome)")
      guard !cascade.chosen.isEmpty else { continue }
      let staged = try migration.target.query(
        """
        SELECT DISTINCT coalesce(a.user_view_name, t.hypertable_name::name)::text
        FROM __backfill.task AS t
        LEFT JOIN _timescaledb_catalog.hypertable AS h
          ON h.schema_name = t.target_hypertable_schema AND h.table_name = t.target_hypertable_name
        LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
        ORDER BY 1
        """
      ).compactMap { $0[0] }
      #expect(staged == cascade.chosen, "\(cascade.arguments)")
      try await migration.run("clean", "--force")
    }
  }

  @Test(
    "aggregates and aggregates on aggregates arrive with their hypertable", arguments: TestServer.community)
  func everything(server: TestServer) async throws {
    let migration = try await migration(on: server)
    try await migration.run("stage", "--until", "2024-01-08T12:00:00Z")
    try await migration.copyAndVerify()
    for (view, time) in [("readings", "time"), ("hourly", "hour"), ("daily", "day"), ("other", "span")] {
      try migration.expectSame(view, where: "\(time) < '2024-01-08 12:00Z'")
      #expect(
        try migration.target.value("SELECT count(*) FROM \(view) WHERE \(time) >= '2024-01-08 12:00Z'")
          == "0",
        "\(view)")
    }
  }
}
