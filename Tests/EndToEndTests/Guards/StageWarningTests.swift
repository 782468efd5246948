import TestServers
import TestTraits
import Testing

/// What gets in a migration's way later is named when it is staged.
@Suite("Staging warns", .needsServer) struct StageWarningTests {
  private static let table = """
    CREATE TABLE warned (time timestamptz NOT NULL, device int, value int);
    SELECT create_hypertable('warned', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE devices (id int PRIMARY KEY);
    """
  private static let aggregate = """
    CREATE MATERIALIZED VIEW warned_daily WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 day', time) AS day, count(*) AS n FROM warned GROUP BY 1 WITH NO DATA;
    """
  private static let rows =
    "INSERT INTO warned SELECT t, 1, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;"

  @Test(
    "of jobs that are on at the target, until they are off", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func jobs(server: TestServer) async throws {
    let policies = """
      ALTER TABLE warned SET (timescaledb.compress);
      SELECT add_compression_policy('warned', interval '7 days');
      SELECT add_retention_policy('warned', interval '1 year');
      SELECT add_continuous_aggregate_policy('warned_daily', NULL, interval '1 day', interval '1 day');
      """
    let migration = try await Migration.on(
      server, setup: Self.table + Self.aggregate + Self.rows,
      targetSetup: Self.table + Self.aggregate + policies)
    let warned = try await migration.run("stage", "--until", "2024-02-01")
    for fact in [
      "still scheduled on the target", "policy_compression", "policy_retention",
      "policy_refresh_continuous_aggregate", "timescaledb-backfill jobs off",
    ] {
      #expect(warned.stderr.contains(fact), "\(fact): \(warned)")
    }
    #expect(!warned.stderr.contains("on the source"), "\(warned)")
    // What the warning says to run.
    try await migration.run("jobs", "off")
    let quiet = try await migration.run("stage", "--until", "2024-02-01")
    #expect(quiet.stderr.isEmpty, "\(quiet)")
  }

  @Test(
    "of retention on the source, of a hypertable and of an aggregate", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func retention(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.aggregate + Self.rows, targetSetup: Self.table + Self.aggregate)
    try migration.source.execute("SELECT add_retention_policy('warned', interval '1 year')")
    let one = try await migration.run("stage", "--until", "2024-02-01")
    #expect(one.stderr.contains("retention on the source may drop staged chunks"), "\(one)")
    #expect(one.stderr.contains("policy_retention") && one.stderr.contains("warned"), "\(one)")
    #expect(!one.stderr.contains("on the target"), "\(one)")
    // What the warning says to run, which leaves the time zone.
    try migration.source.execute(
      "SELECT alter_job(job_id, timezone => 'Asia/Tokyo') FROM timescaledb_information.jobs WHERE job_id >= 1000"
    )
    let statement = try #require(
      one.stderr.firstMatch(of: /run on the source: (SELECT alter_job.* WHERE id IN \([0-9, ]+\))/)
    ).output.1
    try migration.source.execute(String(statement))
    #expect(
      try migration.source.query(
        "SELECT scheduled, timezone FROM _timescaledb_config.bgw_job WHERE id >= 1000")
        == [["f", "Asia/Tokyo"]])
    try migration.source.execute(
      """
      SELECT remove_retention_policy('warned');
      SELECT add_retention_policy('warned_daily', interval '5 years')
      """)
    let other = try await migration.run("stage", "--until", "2024-02-01")
    #expect(other.stderr.contains("retention on the source may drop staged chunks"), "\(other)")
    // A table that isn't staged is nobody's concern.
    let elsewhere = try await migration.run("stage", "--until", "2024-02-01", "--filter", "public.warned$")
    #expect(elsewhere.stderr.isEmpty, "\(elsewhere)")
  }

  @Test("of triggers that would fire, and only of those", arguments: TestServer.ends)
  func triggers(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    try migration.target.execute(
      """
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER fires BEFORE INSERT ON warned FOR EACH ROW EXECUTE FUNCTION same();
      CREATE TRIGGER for_statements AFTER INSERT ON warned FOR EACH STATEMENT EXECUTE FUNCTION nothing()
      """)
    let warned = try await migration.run("stage", "--until", "2024-02-01")
    #expect(warned.stderr.contains("\"fires\" on \"public\".\"warned\""), "\(warned)")
    #expect(warned.stderr.contains("--disable-triggers"), "\(warned)")
    // Without chunks made by staging rows go in through the hypertable, where that one fires too.
    #expect(warned.stderr.contains("for_statements") == !server.isCommunity, "\(warned)")
    try migration.target.execute("DROP TRIGGER fires ON warned; DROP TRIGGER for_statements ON warned")
    let quiet = try await migration.run("stage", "--until", "2024-02-01")
    #expect(!quiet.stderr.contains("trigger"), "\(quiet)")
  }

  @Test("of foreign keys that may refuse rows", arguments: TestServer.ends)
  func foreignKeys(server: TestServer) async throws {
    let key = "ALTER TABLE warned ADD CONSTRAINT known_device FOREIGN KEY (device) REFERENCES devices;"
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + key)
    let warned = try await migration.run("stage", "--until", "2024-02-01")
    #expect(warned.stderr.contains("known_device") && warned.stderr.contains("devices"), "\(warned)")
    #expect(warned.stderr.contains("copy the referenced tables first"), "\(warned)")
  }
}
