import TestServers
import TestTraits
import Testing

/// Aggregates that know more than the raw data: what they hold of times whose raw chunks are long dropped must survive
/// a migration, and everything that refreshes aggregates afterwards.
@Suite(
  "Aggregated history",
  .needs(TestServer.community))
struct AggregatedHistoryTests {
  @Test("outlives copying, refresh-caggs and the refresh policy", arguments: TestServer.community)
  func restored(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "")
    try fill(migration.source)
    try await migration.source.dumpSchema(into: migration.target)
    try await migrate(migration, restored: true)
  }

  @Test(
    "outlives them on a target made by hand, its aggregates called otherwise inside",
    arguments: TestServer.community)
  func byHand(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "")
    try fill(migration.source)
    // Other internal names: the aggregate's hypertable isn't the second one here.
    try migration.target.execute(
      "CREATE TABLE first (t int NOT NULL); SELECT create_hypertable('first', 't', chunk_time_interval => 10)"
    )
    for statement in Self.schema { try migration.target.execute(statement) }
    let name = """
      SELECT materialization_hypertable_name FROM timescaledb_information.continuous_aggregates WHERE view_name = 'tens'
      """
    #expect(try migration.source.value(name) != migration.target.value(name))
    try await migrate(migration, restored: false)
  }

  private func migrate(_ migration: Migration, restored: Bool) async throws {
    let (source, target) = (migration.source, migration.target)
    let history = "SELECT count(*), sum(n), sum(s) FROM tens WHERE b < 500"
    #expect(try source.query(history) == [["50", "500", "124750"]])
    try await migration.run("stage", "--until", "900")
    try await migration.copyAndVerify()
    try migration.expectSame("tens", where: "b < 900")
    try migration.expectSame("hundreds", where: "b < 900")
    #expect(try target.query(history) == source.query(history))
    // What comes after the completion point, as the live system writes it to both sides.
    try target.execute(Self.rows(from: 900, to: 999))
    try await migration.run("refresh-caggs")
    #expect(try target.query(history) == source.query(history))
    // A restored catalog has the source's watermark; what came in below it is for the policies.
    try migration.expectSame("tens", where: restored ? "b < 900" : "true")
    try migration.expectSame("hundreds", where: restored ? "b < 900" : "true")
    // The policy, turned on again, and somebody's own refresh.
    try target.execute("INSERT INTO m VALUES (950, 1000)")
    try source.execute("INSERT INTO m VALUES (950, 1000)")
    for database in [source, target] {
      for view in ["tens", "hundreds"] {
        let job = try #require(
          try database.value(
            """
            SELECT j.job_id FROM timescaledb_information.jobs AS j
            JOIN timescaledb_information.continuous_aggregates AS a
              ON a.materialization_hypertable_name = j.hypertable_name OR a.view_name = j.hypertable_name
            WHERE j.proc_name = 'policy_refresh_continuous_aggregate' AND a.view_name = '\(view)'
            """))
        try database.execute("CALL run_job(\(job))")
        try database.execute("CALL refresh_continuous_aggregate('\(view)', 600, 1000)")
      }
    }
    #expect(try target.query(history) == source.query(history))
    try migration.expectSame("tens")
    try migration.expectSame("hundreds")
    #expect(try target.value("SELECT s FROM tens WHERE b = 950") == "10545")
  }

  /// Aggregates everything, then drops the older half of what it was made from.
  private func fill(_ source: TestDatabase) throws {
    for statement in Self.schema { try source.execute(statement) }
    try source.execute(Self.rows(from: 0, to: 999))
    try source.execute("CALL refresh_continuous_aggregate('tens', NULL, NULL)")
    try source.execute("CALL refresh_continuous_aggregate('hundreds', NULL, NULL)")
    try source.execute("SELECT drop_chunks('m', older_than => 500)")
  }

  private static func rows(from: Int, to: Int) -> String {
    "INSERT INTO m SELECT t, t FROM generate_series(\(from), \(to)) AS t"
  }

  private static let schema = [
    """
    CREATE TABLE m (t int NOT NULL, val int);
    SELECT create_hypertable('m', 't', chunk_time_interval => 100);
    CREATE FUNCTION now_as_integer() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1000';
    SELECT set_integer_now_func('m', 'now_as_integer');
    """,
    """
    CREATE MATERIALIZED VIEW tens WITH (timescaledb.continuous) AS
    SELECT time_bucket(10, t) AS b, count(*) AS n, sum(val) AS s FROM m GROUP BY 1 WITH NO DATA
    """,
    """
    CREATE MATERIALIZED VIEW hundreds WITH (timescaledb.continuous) AS
    SELECT time_bucket(100, b) AS b, sum(n) AS n, sum(s) AS s FROM tens GROUP BY 1 WITH NO DATA
    """,
    "SELECT add_continuous_aggregate_policy('tens', 400, 10, interval '1 hour')",
    "SELECT add_continuous_aggregate_policy('hundreds', 400, 100, interval '1 hour')",
  ]
}
