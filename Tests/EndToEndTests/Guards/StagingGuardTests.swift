import TestServers
import TestTraits
import Testing

/// What stage finds in the databases that a copy could only lose or mix up rows with.
@Suite("Staging refuses or names", .needsServer) struct StagingGuardTests {
  private static let table = """
    CREATE TABLE guarded (time timestamptz NOT NULL, device int, value float);
    SELECT create_hypertable('guarded', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows =
    "INSERT INTO guarded SELECT t, 1, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;"

  private static let unlogging = Servers(.ends, .since(2, 23))

  @Test(
    "an unlogged hypertable of the target, whose rows a crash takes", .needs(unlogging), arguments: unlogging)
  func unloggedHypertable(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + "ALTER TABLE guarded SET UNLOGGED;")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(refused.stderr.contains("hypertable \"public\".\"guarded\""), "\(refused)")
    #expect(refused.stderr.contains("ALTER TABLE \"public\".\"guarded\" SET LOGGED"), "\(refused)")
    try migration.target.execute("ALTER TABLE guarded SET LOGGED")
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("guarded")
  }

  @Test("an unlogged chunk of the target, and says how to mend it", .needs(unlogging), arguments: unlogging)
  func unloggedChunk(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    try await migration.run("stage", "--until", "2024-02-01")
    let chunk = try #require(try migration.target.value("SELECT show_chunks('guarded') LIMIT 1"))
    try migration.target.execute("ALTER TABLE \(chunk) SET UNLOGGED")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(
      refused.stderr.contains("chunks of \"public\".\"guarded\": \"_timescaledb_internal\".\"_hyper"),
      "\(refused)")
    // What the message says to run.
    try migration.target.execute("ALTER TABLE \"public\".\"guarded\" SET LOGGED")
    try await migration.run("stage", "--until", "2024-02-01")
  }

  @Test("an unlogged hypertable of the source in a warning", .needs(unlogging), arguments: unlogging)
  func unloggedSource(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows + "ALTER TABLE guarded SET UNLOGGED;", targetSetup: Self.table)
    let warned = try await migration.run("stage", "--until", "2024-02-01")
    #expect(warned.stderr.contains("warning: unlogged on the source"), "\(warned)")
    #expect(warned.stderr.contains("hypertable \"public\".\"guarded\""), "\(warned)")
  }

  @Test(
    "a chunk in object storage, once, and whether the window may have rows in it", arguments: TestServer.ends)
  func tiered(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    try migration.source.executeAsSuperuser(
      TieredChunk.attaching(to: "guarded", columns: "time timestamptz NOT NULL, device int, value float"))
    func expect(_ text: String) async throws {
      let outcome = try await migration.run("stage", "--until", "2024-02-01")
      #expect(outcome.stderr.split(separator: "tiered to object storage").count == 2, "\(outcome)")
      #expect(outcome.stderr.contains("\"public\".\"tiered\", which \(text)"), "\(outcome)")
    }
    try await expect("may hold rows of the window")
    for (day, text) in [
      ("2023-06-01", "holds rows of the window"), ("2025-06-01", "lies outside of the window"),
    ] {
      try migration.source.executeAsSuperuser(
        "SELECT _timescaledb_functions.hypertable_osm_range_update('guarded', '\(day)'::timestamptz, '\(day)'::timestamptz + interval '1 day')"
      )
      try await expect(text)
    }
  }

  struct Definition: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let query: String
    /// What the message has to contain.
    let fact: String

    static let all = [
      Definition(
        testDescription: "the bucket's width",
        query: "SELECT time_bucket('2 hours', time) AS b, sum(value) AS v FROM guarded GROUP BY 1",
        fact: "02:00:00"),
      Definition(
        testDescription: "the bucket's offset",
        query:
          "SELECT time_bucket('1 hour', time, \"offset\" => '10 minutes'::interval) AS b, sum(value) AS v FROM guarded GROUP BY 1",
        fact: "00:10:00"),
      Definition(
        testDescription: "the bucket's origin",
        query:
          "SELECT time_bucket('1 hour', time, origin => '2024-01-01 00:10Z'::timestamptz) AS b, sum(value) AS v FROM guarded GROUP BY 1",
        fact: "2024-01-01 00:10:00+00"),
      Definition(
        testDescription: "the bucket's time zone",
        query:
          "SELECT time_bucket('1 hour', time, 'Asia/Kathmandu') AS b, sum(value) AS v FROM guarded GROUP BY 1",
        fact: "Asia/Kathmandu"),
      Definition(
        testDescription: "the aggregate function",
        query: "SELECT time_bucket('1 hour', time) AS b, max(value) AS v FROM guarded GROUP BY 1",
        fact: "max("),
      Definition(
        testDescription: "a condition",
        query:
          "SELECT time_bucket('1 hour', time) AS b, sum(value) AS v FROM guarded WHERE device > 3 GROUP BY 1",
        fact: "device > 3"),
    ]
  }

  private static func aggregate(_ name: String, _ query: String, _ settings: String = "") -> String {
    "CREATE MATERIALIZED VIEW \(name) WITH (timescaledb.continuous\(settings)) AS \(query) WITH NO DATA;"
  }

  private static let hourly =
    "SELECT time_bucket('1 hour', time) AS b, sum(value) AS v FROM guarded GROUP BY 1"

  @Test(
    "an aggregate that is computed otherwise on the target", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func definitions(server: TestServer) async throws {
    let source = try await server.makeDatabase(
      setup: Self.table + Self.aggregate("computed", Self.hourly) + Self.rows)
    for definition in Definition.all {
      let target = try await server.makeDatabase(
        setup: Self.table + Self.aggregate("computed", definition.query))
      let refused = try await Migration(from: source, to: target).run(
        "stage", "--until", "2024-02-01", exits: 1)
      #expect(refused.stderr.contains("\"public\".\"computed\""), "\(definition): \(refused)")
      #expect(refused.stderr.contains(definition.fact), "\(definition): \(refused)")
    }
  }

  /// In sessions with other settings, whose texts the catalog keeps.
  private static let elsewhere = """
    SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'iso_8601'; SET DateStyle = 'SQL, DMY';
    """

  @Test(
    "no aggregate that is the same, restored or made by hand", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func sameDefinitions(server: TestServer) async throws {
    func aggregates(realTime: Bool) -> String {
      let setting = ", timescaledb.materialized_only = \(realTime ? "false" : "true")"
      return Self.aggregate("hourly", Self.hourly, setting)
        + Self.aggregate(
          "daily", "SELECT time_bucket('1 day', b) AS d, sum(v) AS v FROM hourly GROUP BY 1", setting)
        + Self.aggregate(
          "weekly",
          "SELECT time_bucket('1 week', time, origin => '2024-01-02 00:00Z'::timestamptz) AS w, max(value) AS v FROM guarded WHERE device > 0 GROUP BY 1",
          setting)
        + Self.aggregate(
          "monthly",
          "SELECT time_bucket('1 month', time, 'Europe/Berlin') AS m, max(value) AS v FROM guarded GROUP BY 1",
          setting)
    }
    let setup = Self.table + aggregates(realTime: true) + Self.rows
    let restored = try await Migration.on(server, setup: setup)
    try await restored.run("stage", "--until", "2024-02-01")
    let byHand = try await server.makeDatabase(
      options: DatabaseOptions(extensionSchema: "elsewhere"),
      setup: "SET search_path = public, elsewhere;" + Self.table
        + "CREATE TABLE other (time timestamptz NOT NULL);"
        + "SELECT create_hypertable('other', 'time');" + Self.elsewhere + aggregates(realTime: false))
    try await Migration(from: restored.source, to: byHand).run("stage", "--until", "2024-02-01")
  }

  @Test("text that may not be text, where a database has no encoding", arguments: TestServer.one)
  func encodings(server: TestServer) async throws {
    let none = DatabaseOptions(encoding: "SQL_ASCII", locale: "C")
    let source = try await server.makeDatabase(options: none, setup: Self.table + Self.rows)
    for options in [none, DatabaseOptions()] {
      let target = try await server.makeDatabase(options: options, setup: Self.table)
      let warned = try await Migration(from: source, to: target).run("stage", "--until", "2024-02-01")
      #expect(warned.stderr.contains("encoded in SQL_ASCII"), "\(warned)")
    }
  }
}
