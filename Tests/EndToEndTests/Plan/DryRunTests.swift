import TestServers
import Testing

@Suite("stage --dry-run", .needsServer) struct DryRunTests {
  /// Hypertables with something of everything that is told, and one with integer times.
  private static let definition = """
    CREATE TABLE readings (time timestamptz NOT NULL, device int, value float8);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE counters (tick bigint NOT NULL, n int);
    SELECT create_hypertable('counters', 'tick', chunk_time_interval => 100);
    CREATE TABLE classes (time timestamptz NOT NULL, class regclass);
    SELECT create_hypertable('classes', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO readings SELECT t, d, extract(epoch FROM t) / d
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05 23:59Z', '30 seconds') AS t, generate_series(1, 10) AS d;
    INSERT INTO counters SELECT t, t FROM generate_series(0, 999) AS t;
    INSERT INTO classes SELECT t, 'pg_class' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02Z', '1 hour') AS t;
    ANALYZE readings, counters, classes;
    """
  private static let until = "2024-01-04T12:00:00Z"

  /// All that a database says of its relations and TimescaleDB of its chunks. Writing the queue or a chunk changes it.
  private func state(_ database: TestDatabase) throws -> [[String?]] {
    try database.query(
      """
      SELECT 'relation', n.nspname, c.relname, c.xmin::text, c.relfilenode::text
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema'
      UNION ALL SELECT 'schema', nspname, '', xmin::text, '' FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
      UNION ALL SELECT 'chunk', id::text, '', xmin::text, '' FROM _timescaledb_catalog.chunk
      UNION ALL SELECT 'hypertable', id::text, '', xmin::text, '' FROM _timescaledb_catalog.hypertable
      UNION ALL SELECT 'lock', locktype, mode, pid::text, '' FROM pg_locks
      WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
      ORDER BY 1, 2, 3, 4, 5
      """)
  }

  /// The table's lines and those below it.
  private func table(_ outcome: BackfillProcess.Outcome) -> [Substring] {
    outcome.stdout.split(separator: "\n").filter {
      $0.hasPrefix("\"") || $0.hasPrefix("Total") || $0.hasPrefix("  \"")
    }
  }

  @Test("shows what stage then stages, and writes nothing", arguments: TestServer.all)
  func same(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.definition + Self.rows, targetSetup: Self.definition)
    // In the place of one of the source's chunks, with other bounds.
    try migration.target.execute(
      """
      SELECT set_chunk_time_interval('readings', interval '6 hours');
      INSERT INTO readings VALUES ('2024-01-02 12:00Z', 1, 1);
      SELECT set_chunk_time_interval('readings', interval '1 day');
      """)
    let before = (try state(migration.source), try state(migration.target))
    let arguments = ["--until", Self.until, "--split-size", "1MB", "--exclude", "^nothing$"]
    let would = try await migration.backfill.run(["stage", "--dry-run"] + arguments)
    #expect(would.exitCode == 0, "\(would)")
    #expect(try state(migration.source) == before.0)
    #expect(try state(migration.target) == before.1)
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
    #expect(would.stdout.contains("Would stage 6 chunks to copy"), "\(would)")
    #expect(would.stdout.contains("nothing was written"), "\(would)")
    #expect(would.stdout.contains(/"readings": slow: \d chunks? through the hypertable/), "\(would)")
    #expect(would.stdout.contains("\"classes\": slow: 2 chunks as text, for column \"class\""), "\(would)")
    #expect(would.stdout.contains("\"readings\": 1 chunk outside of the window left out"), "\(would)")
    #expect(
      would.stderr.contains(
        "left out, as --until \(Self.until) cannot be compared with their time: \"public\".\"counters\""),
      "\(would)")
    #expect(would.stderr.contains("stage --until NUMBER --filter '^public\\.counters$'"), "\(would)")
    #expect(would.stderr.contains("--exclude matches nothing"), "\(would)")

    let staged = try await migration.backfill.run(["stage"] + arguments)
    #expect(staged.exitCode == 0, "\(staged)")
    #expect(table(staged) == table(would))
    #expect(staged.stdout.contains("Staged 6 chunks to copy"), "\(staged)")
    #expect(try migration.target.value("SELECT count(DISTINCT chunk_name) FROM __backfill.task") == "6")
    #expect(try migration.target.tasks(where: "hypertable_name = 'counters'") == 0)

    // Over a queue that is there.
    let again = try await migration.backfill.run(["stage", "--dry-run"] + arguments)
    #expect(again.stdout.contains("Would stage 0 chunks"), "\(again)")
    #expect(again.stdout.contains("\"readings\": 4 chunks staged already"), "\(again)")
    let tasks = try migration.target.query("SELECT * FROM __backfill.task ORDER BY priority")
    let other = try await migration.backfill.run(["stage", "--dry-run", "--until", "2024-01-03"])
    #expect(other.stdout.contains("uncopied tasks of"), "\(other)")
    #expect(try migration.target.query("SELECT * FROM __backfill.task ORDER BY priority") == tasks)
    try await migration.copyAndVerify()
    try migration.expectSame("readings", where: "time < '\(Self.until)'")
  }

  @Test("refuses what stage refuses", arguments: TestServer.one)
  func refusals(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.definition + Self.rows, targetSetup: "")
    for arguments in [
      ["--until", "2024-02-01"], ["--until", "soon"], ["--until", "2024-02-01", "-f", "^nothing$"],
      ["--until", "2024-02-01", "--exclude", "("], ["--until", "2024-02-01", "--exclude", "."],
      ["--until", "2024-02-01", "--until", "public.none=5"],
      ["--until", "2024-02-01", "--until", "public.counters=now"],
    ] {
      let dry = try await migration.backfill.run(["stage", "--dry-run"] + arguments)
      let real = try await migration.backfill.run(["stage"] + arguments)
      #expect(dry.exitCode == real.exitCode, "\(arguments): \(dry)")
      #expect(dry.exitCode != 0, "\(arguments): \(dry)")
      #expect(dry.stderr == real.stderr, "\(arguments)")
    }
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test(
    "and a time for one hypertable, with the aggregates on it", .needsCommunity,
    arguments: TestServer.community)
  func times(server: TestServer) async throws {
    let views = """
      CREATE FUNCTION counters_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1000::bigint';
      SELECT set_integer_now_func('counters', 'counters_now');
      CREATE MATERIALIZED VIEW hundreds WITH (timescaledb.continuous) AS
        SELECT time_bucket(100, tick) AS hundred, sum(n) AS n FROM counters GROUP BY 1 WITH NO DATA;
      """
    let source = try await server.makeDatabase(setup: Self.definition + Self.rows + views)
    try source.execute("CALL refresh_continuous_aggregate('hundreds', NULL, NULL)")
    let target = try await server.makeDatabase()
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    let staged = try await migration.run(
      "stage", "--until", Self.until, "--until", "public.counters=450", "--exclude", "classes")
    #expect(!staged.stderr.contains("left out"), "\(staged)")
    #expect(!staged.stdout.contains("classes"), "\(staged)")
    #expect(try target.tasks(where: "hypertable_name = 'classes'") == 0)
    #expect(try target.tasks(where: "hypertable_name = 'counters'") == 5)
    #expect(try target.tasks(where: "hypertable_name = 'counters' AND upper_bound = 450") == 1)
    #expect(try target.tasks(where: "hypertable_name LIKE '_materialized%'") > 0)
    try await migration.copyAndVerify()
    try migration.expectSame("counters", where: "tick < 450")
    #expect(try target.value("SELECT max(tick) FROM counters") == "449")
    #expect(try target.value("SELECT max(hundred) FROM hundreds") == "400")
  }
}
