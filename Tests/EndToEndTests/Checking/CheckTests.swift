import TestServers
import TestTraits
import Testing

/// What `check` says of a pair as a whole, and how.
@Suite("check", .needsServer) struct CheckTests {
  static let table = """
    CREATE TABLE readings (time timestamptz NOT NULL, device int, value float);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    """
  static let rows =
    "INSERT INTO readings SELECT t, 1, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;"
  private static let aggregate = """
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 hour', time) AS hour, sum(value) FROM readings GROUP BY 1 WITH NO DATA;
    ALTER TABLE readings SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
    SELECT compress_chunk(c) FROM show_chunks('readings') AS c LIMIT 1;
    """

  @Test("finds nothing that stops or warns in a pair without fault", arguments: TestServer.all)
  func faultless(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows + (server.isCommunity ? Self.aggregate : ""))
    for arguments in [[], ["--until", "2024-02-01"], ["--filter", "readings", "-U", "-p2"]] {
      let outcome = try await migration.backfill.run(["check", "--json"] + arguments)
      let answer = try CheckAnswer(outcome)
      #expect(outcome.exitCode == 0, "\(outcome)")
      #expect(answer.codes("stop") == [] && answer.codes("warning") == [], "\(answer.findings)")
      #expect(answer.next == "stage")
    }
    let text = try await migration.run("check")
    #expect(text.stderr.isEmpty, "\(text)")
    #expect(text.stdout.contains("Checked: 0 stops, 0 warnings, "), "\(text)")
    #expect(text.stdout.hasSuffix("Next: timescaledb-backfill stage\n"), "\(text)")
  }

  @Test("says of an empty target one thing: to run schema", arguments: TestServer.ends)
  func emptyTarget(server: TestServer) async throws {
    let migration = Migration(
      from: try await server.makeDatabase(setup: Self.table + Self.rows), to: try await server.makeDatabase())
    let answer = try await migration.check()
    #expect(answer.all("missing-on-target") == [], "\(answer.findings)")
    let empty = try answer.one("target-empty")
    #expect(empty.level == "note" && empty.mend == "timescaledb-backfill schema", "\(empty)")
    #expect(answer.codes("stop") == [] && answer.codes("warning") == [], "\(answer.findings)")
    #expect(answer.next == "schema")
    // stage has nothing to go on with.
    let staged = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(staged.stderr.contains("the target has no hypertable \"public\".\"readings\""), "\(staged)")
  }

  @Test("writes nothing, as no session of it may", arguments: TestServer.one)
  func writesNothing(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    let relations = "SELECT count(*), max(oid) FROM pg_class"
    let before = [try migration.source.query(relations), try migration.target.query(relations)]
    let watched = try WatchedPair(migration)
    let outcome = try await watched.backfill.run(["check", "--until", "2024-02-01"])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect([try migration.source.query(relations), try migration.target.query(relations)] == before)
    for statements in watched.statements {
      let forbidding = try #require(
        statements.firstIndex { $0.contains("default_transaction_read_only = on") }, "\(statements)")
      #expect(forbidding <= 1 && statements.count > 5)
      let writing = /^\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|CREATE|ALTER|DROP|GRANT|CALL|LOCK)/
      #expect(!statements.contains { $0.firstMatch(of: writing) != nil }, "\(statements)")
    }
  }

  /// Whatever asks more for more tables is slow across a network.
  @Test("asks the same number of questions of two tables as of twelve", arguments: TestServer.ends)
  func questions(server: TestServer) async throws {
    func tables(_ count: Int) -> String {
      (1...count).map { number in
        CheckTests.table.replacing("readings", with: "readings_\(number)")
          + CheckTests.rows.replacing("readings", with: "readings_\(number)")
      }.joined()
    }
    var counts: [[Int]] = []
    for tableCount in [2, 12] {
      let migration = try await Migration.on(server, setup: tables(tableCount))
      let watched = try WatchedPair(migration)
      let outcome = try await watched.backfill.run(["check", "--json", "--until", "2024-02-01"])
      #expect(outcome.exitCode == 0, "\(outcome)")
      counts.append(watched.counts)
    }
    #expect(counts[0] == counts[1], "\(counts)")
    #expect(counts[0].allSatisfy { $0 > 5 && $0 < 60 }, "\(counts)")
  }

  @Test("has more warnings than stage tells, and stage says so", arguments: TestServer.one)
  func moreWarnings(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    let before = try await migration.run("stage", "--until", "2024-02-01")
    #expect(!before.stdout.contains("more warning"), "\(before)")
    try migration.source.execute("CREATE UNIQUE INDEX one ON readings (device, time)")
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(staged.stdout.contains("'timescaledb-backfill check' has 1 more warning"), "\(staged)")
    #expect(staged.stderr.isEmpty, "\(staged)")
    #expect(try await migration.check().codes("warning") == ["unique-index-missing"])
  }

  @Test("with --until, tells what stage would of the window", arguments: TestServer.one)
  func window(server: TestServer) async throws {
    let numbered = """
      CREATE TABLE numbered (n bigint NOT NULL);
      SELECT create_hypertable('numbered', 'n', chunk_time_interval => 10);
      """
    let migration = try await Migration.on(
      server, setup: Self.table + numbered + Self.rows, targetSetup: Self.table + numbered)
    let future = try await migration.check("--until", "2999-01-01")
    #expect(future.codes("warning") == ["until-in-future", "left-out-by-time-type"], "\(future.findings)")
    try migration.target.execute(
      """
      INSERT INTO readings
      SELECT '2024-01-01Z'::timestamptz + i * interval '1 s', 1, 1 FROM generate_series(1, 5000) AS i
      """)
    let exchanged = try await migration.check("--until", "2024-02-01", "--filter", "readings")
    let found = try exchanged.one("target-holds-more")
    #expect(found.level == "stop" && found.object == #""public"."readings""#, "\(found)")
    // Without a window nothing is counted.
    #expect(try await migration.check().codes("stop") == [])
    let wrong = try await migration.run("check", "--until", "soon", exits: 2)
    #expect(wrong.stderr.contains("neither a time nor an integer"), "\(wrong)")
  }

  @Test("tells each thing that stops, and stage refuses for all of them at once", arguments: TestServer.ends)
  func allAtOnce(server: TestServer) async throws {
    let other = "CREATE TABLE others (at timestamptz NOT NULL); SELECT create_hypertable('others', 'at');"
    let migration = try await Migration.on(
      server, setup: Self.table + other + Self.rows,
      targetSetup: Self.table.replacing("device int", with: "device bigint"))
    try migration.target.executeAsSuperuser(
      """
      ALTER TABLE readings ENABLE ROW LEVEL SECURITY;
      ALTER TABLE readings FORCE ROW LEVEL SECURITY
      """)
    let answer = try await migration.check()
    #expect(
      answer.codes("stop") == ["missing-on-target", "hypertables-differ", "row-level-security"],
      "\(answer.findings)")
    #expect(answer.next == "check")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    for fact in ["no hypertable \"public\".\"others\"", "is integer on the source", "row-level security"] {
      #expect(refused.stderr.contains(fact), "\(fact): \(refused)")
    }
    #expect(refused.stderr.split(separator: "error: ").count == 3, "\(refused)")
    // What is said to mend it.
    try migration.target.execute(try #require(try answer.one("row-level-security").mend))
    try migration.target.execute(try #require(try answer.one("hypertables-differ").mend))
    let mended = try await migration.check("--exclude", "others")
    #expect(mended.codes("stop") == [], "\(mended.findings)")
  }
}
