import TestServers
import TestTraits
import Testing

/// `refresh-caggs` brings the target's continuous aggregates up to the source's watermarks, on every version.
@Suite(
  "refresh-caggs",
  .needs(TestServer.community))
struct RefreshCaggsTests {
  @Test("all time types, month buckets, time zones and hierarchies", arguments: TestServer.community)
  func timeTypes(server: TestServer) async throws {
    let migration = try await Self.migration(on: server)
    let outcome = try await migration.run("refresh-caggs")
    for view in Self.views {
      #expect(outcome.stdout.contains(view), "\(outcome)")
      try migration.expectSame("agg.\(view)")
      #expect(try migration.target.value("SELECT count(*) > 1 FROM agg.\(view)") == "t", "\(view)")
    }
    // Again: there is nothing left.
    let again = try await migration.run("refresh-caggs")
    for view in Self.views { try migration.expectSame("agg.\(view)") }
    #expect(!again.stdout.contains("ailed"), "\(again)")
  }

  @Test("--filter and the cascades", arguments: TestServer.community)
  func filter(server: TestServer) async throws {
    let migration = try await Self.migration(on: server)
    let isEmpty = "SELECT count(*) = 0 FROM agg."
    try await migration.run("refresh-caggs", "--filter", "agg.HOURLY$")
    try migration.expectSame("agg.hourly")
    #expect(try migration.target.value(isEmpty + "daily") == "t")
    try await migration.run("refresh-caggs", "--filter", "agg.hourly$", "--cascade-up")
    try migration.expectSame("agg.daily")
    #expect(try migration.target.value(isEmpty + "monthly_local") == "t")
    #expect(try migration.target.value(isEmpty + "by_hundreds") == "t")
    try await migration.run("refresh-caggs", "-f", "agg.thousands", "-D")
    try migration.expectSame("agg.by_hundreds")
    try migration.expectSame("agg.thousands")
    #expect(try migration.target.value(isEmpty + "weekly") == "t")
  }

  @Test("one that fails doesn't stop the others", arguments: TestServer.community)
  func failing(server: TestServer) async throws {
    let migration = try await Self.migration(on: server)
    try migration.target.execute("DROP MATERIALIZED VIEW agg.by_day_of_date")
    let outcome = try await migration.run("refresh-caggs", exits: 1)
    #expect(outcome.stderr.contains("by_day_of_date"), "\(outcome)")
    for view in Self.views where view != "by_day_of_date" { try migration.expectSame("agg.\(view)") }
  }

  @Test("no aggregates at all", arguments: TestServer.community)
  func none(server: TestServer) async throws {
    let setup = """
      CREATE TABLE m (time timestamptz NOT NULL); SELECT create_hypertable('m', 'time');
      INSERT INTO m VALUES ('2024-01-02Z');
      """
    try await Migration.on(server, setup: setup, targetSetup: "").run("refresh-caggs")
    try await Migration.on(server, setup: setup).run("refresh-caggs")
  }

  static let views = [
    "hourly", "daily", "monthly_local", "by_hundreds", "thousands", "by_day_of_date", "weekly",
  ]

  /// Both sides have the same raw rows; only the source's aggregates are refreshed.
  static func migration(on server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "")
    for database in [migration.source, migration.target] {
      try database.execute(schema)
      for view in definitions {
        try database.execute("CREATE MATERIALIZED VIEW agg.\(view) WITH NO DATA")
      }
      try database.execute(rows)
    }
    for view in views {
      try migration.source.execute("CALL refresh_continuous_aggregate('agg.\(view)', NULL, NULL)")
    }
    return migration
  }

  private static let schema = """
    CREATE SCHEMA raw;
    CREATE SCHEMA agg;
    CREATE TABLE raw.m (time timestamptz NOT NULL, dev int, val float8);
    SELECT create_hypertable('raw.m', 'time', chunk_time_interval => interval '7 days');
    CREATE TABLE raw.i (t bigint NOT NULL, val int);
    SELECT create_hypertable('raw.i', 't', chunk_time_interval => 500);
    CREATE FUNCTION raw.now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 5000::bigint';
    SELECT set_integer_now_func('raw.i', 'raw.now');
    CREATE TABLE raw.d (day date NOT NULL, val int);
    SELECT create_hypertable('raw.d', 'day', chunk_time_interval => interval '7 days');
    CREATE TABLE raw.t (at timestamp NOT NULL, val int);
    SELECT create_hypertable('raw.t', 'at', chunk_time_interval => interval '7 days');
    """

  private static let definitions = [
    "hourly WITH (timescaledb.continuous) AS SELECT time_bucket('1 hour', time) AS b, dev, sum(val) AS s "
      + "FROM raw.m GROUP BY 1, 2",
    "daily WITH (timescaledb.continuous) AS SELECT time_bucket('1 day', b) AS b, dev, sum(s) AS s "
      + "FROM agg.hourly GROUP BY 1, 2",
    "monthly_local WITH (timescaledb.continuous) AS SELECT time_bucket('1 month', time, 'Asia/Kathmandu') AS b, "
      + "count(*) AS n FROM raw.m GROUP BY 1",
    "by_hundreds WITH (timescaledb.continuous) AS SELECT time_bucket(100, t) AS b, sum(val) AS s FROM raw.i GROUP BY 1",
    "thousands WITH (timescaledb.continuous) AS SELECT time_bucket(1000, b) AS b, sum(s) AS s "
      + "FROM agg.by_hundreds GROUP BY 1",
    "by_day_of_date WITH (timescaledb.continuous) AS SELECT time_bucket('1 day', day) AS b, sum(val) AS s "
      + "FROM raw.d GROUP BY 1",
    "weekly WITH (timescaledb.continuous) AS SELECT time_bucket('7 days', at) AS b, sum(val) AS s FROM raw.t GROUP BY 1",
  ]

  private static let rows = """
    INSERT INTO raw.m SELECT t, d, d FROM generate_series('2024-01-02Z'::timestamptz, '2024-03-05Z', '3 hours') AS t,
      generate_series(1, 2) AS d;
    INSERT INTO raw.i SELECT t, t FROM generate_series(-1500, 3700, 50) AS t;
    INSERT INTO raw.d SELECT t, 1 FROM generate_series('2024-01-02'::date, '2024-02-01', '1 day') AS t;
    INSERT INTO raw.t SELECT t, 1 FROM generate_series('2024-01-02'::timestamp, '2024-03-01', '1 day') AS t;
    """
}
