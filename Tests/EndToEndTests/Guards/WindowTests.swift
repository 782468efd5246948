import TestServers
import Testing

/// How --until and --from are read.
@Suite("The window", .needsServer) struct WindowTests {
  private static let setup = """
    CREATE TABLE days (day date NOT NULL, value int);
    SELECT create_hypertable('days', 'day', chunk_time_interval => interval '7 days');
    INSERT INTO days SELECT d::date, 1 FROM generate_series('2024-01-01'::date, '2024-01-20', '1 day') AS d;
    CREATE TABLE clocks (time timestamp NOT NULL, value int);
    SELECT create_hypertable('clocks', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO clocks SELECT t, 1 FROM generate_series('2024-01-01'::timestamp, '2024-01-03', '1 hour') AS t;
    """

  @Test("has the day of a time of day, by its midnight", arguments: TestServer.one)
  func days(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let outcome = try await migration.run(
      "stage", "--from", "2024-01-02T12:00:00Z", "--until", "2024-01-10T12:00:00Z", "--filter", "days")
    #expect(outcome.stdout.contains("--until 2024-01-10T12:00:00Z is read as 2024-01-11 for"), "\(outcome)")
    #expect(outcome.stdout.contains("--from 2024-01-02T12:00:00Z is read as 2024-01-03 for"), "\(outcome)")
    try await migration.copyAndVerify()
    #expect(
      try migration.target.query("SELECT min(day), max(day), count(*) FROM days") == [
        ["2024-01-03", "2024-01-10", "8"]
      ])
  }

  @Test("of times without a zone is in UTC, whatever offset was given", arguments: TestServer.one)
  func offsets(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let outcome = try await migration.run(
      "stage", "--until", "2024-01-02T12:00:00-05", "--filter", "clocks")
    #expect(
      outcome.stdout.contains("--until 2024-01-02T12:00:00-05 is read as 2024-01-02 17:00:00 for"),
      "\(outcome)")
    try await migration.copyAndVerify()
    #expect(try migration.target.value("SELECT max(time) FROM clocks") == "2024-01-02 16:00:00")
  }

  @Test("has ends that are the same tomorrow", arguments: TestServer.one)
  func relative(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    for word in ["infinity", "-Infinity", "now", "today", "Tomorrow", "yesterday 12:00"] {
      let until = try await migration.backfill.run(["stage", "--until", word, "--filter", "clocks"])
      #expect(until.exitCode == 2, "\(until)")
      #expect(until.stderr.contains("--until") && until.stderr.contains("2024-01-31T12:00:00Z"), "\(until)")
      let from = try await migration.backfill.run(["stage", "--from", word, "--until", "2024-01-02"])
      #expect(from.exitCode == 2, "\(from)")
      #expect(from.stderr.contains("--from"), "\(from)")
    }
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test("without any rows says where the rows are", arguments: TestServer.one)
  func empty(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let outcome = try await migration.run("stage", "--until", "2023-01-01", "--filter", "clocks")
    #expect(outcome.stdout.contains("Staged 0 chunks"), "\(outcome)")
    #expect(outcome.stderr.contains("nothing to stage"), "\(outcome)")
    #expect(
      outcome.stderr.contains(
        "\"public\".\"clocks\" has chunks from 2024-01-01 00:00:00 to 2024-01-04 00:00:00"), "\(outcome)")
  }

  @Test("selects by names as they are and as PostgreSQL quotes them", arguments: TestServer.one)
  func spellings(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE "Readings" (time timestamptz NOT NULL);
        SELECT create_hypertable('"Readings"', 'time');
        INSERT INTO "Readings" VALUES ('2024-01-01Z');
        """)
    for filter in ["^public\\.\"Readings\"$", "^public\\.readings$"] {
      try await migration.run("stage", "--until", "2024-02-01", "--filter", filter)
    }
  }

  @Test("is said with the databases it is about, first of all", arguments: TestServer.one)
  func direction(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    for command in [["stage", "--until", "2024-01-02"], ["copy"], ["verify"], ["refresh-caggs"], ["clean"]] {
      let outcome = try await migration.backfill.run(command)
      let lines = outcome.stdout.split(separator: "\n").map(String.init)
      let sides = command == ["clean"] ? [migration.target] : [migration.source, migration.target]
      try #require(lines.count > sides.count, "\(outcome)")
      for (line, database) in zip(lines.dropFirst(), sides) {
        let side = database.name == migration.target.name ? "target" : "source"
        #expect(line.hasPrefix("\(side): "), "\(outcome)")
        for fact in [
          ":\(database.cluster.port)", "database \(database.name)", "user \(TestCluster.appUser)",
          "PostgreSQL \(server.pgMajor)", "TimescaleDB \(server.timescaleVersion)",
        ] {
          #expect(line.contains(fact), "\(fact): \(line)")
        }
      }
      expectNoSecret(outcome)
    }
  }
}
