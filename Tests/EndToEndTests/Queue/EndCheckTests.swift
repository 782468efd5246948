import Synchronization
import TestServers
import TestTraits
import Testing

/// What is found when a run ends, beyond the tasks of the queue.
@Suite("Checks at the end of copy and verify", .needs(TestServer.all))
struct EndCheckTests {
  private static let setup = """
    CREATE TABLE late (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('late', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO late SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:00Z', '1 hour') AS t;
    INSERT INTO late SELECT t, 1 FROM generate_series('2024-01-05Z'::timestamptz, '2024-01-06 23:00Z', '1 hour') AS t;
    """

  @Test(
    "rows that came into a gap of the source after staging are named, and staged by the command told",
    arguments: TestServer.ends)
  func late(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-06T12:00:00Z")
    try migration.source.execute(
      "INSERT INTO late VALUES ('2024-01-03 10:00Z', 2), ('2024-01-06 13:00Z', 3), ('2024-01-09Z', 4)")
    for command in ["copy", "verify"] {
      let outcome = try await migration.run(command, exits: 1)
      #expect(outcome.stderr.contains("are not in the queue"), "\(outcome)")
      #expect(outcome.stderr.contains("2024-01-03"), "\(outcome)")
      #expect(!outcome.stderr.contains("2024-01-09"), "\(outcome)")
      #expect(
        outcome.stderr.contains("--until \"2024-01-06 12:00:00+00\" --filter \"^public\\.late$\""),
        "\(outcome)"
      )
    }
    try await migration.run("stage", "--until", "2024-01-06 12:00:00+00", "--filter", "^public\\.late$")
    try await migration.copyAndVerify()
    try migration.expectSame("late", where: "time < '2024-01-06 12:00Z'")
    #expect(try migration.target.value("SELECT count(*) FROM late") == "85")
  }

  @Test("a chunk beside the staged window is nobody's business", arguments: TestServer.one)
  func outside(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--from", "2024-01-02Z", "--until", "2024-01-06Z")
    try migration.source.execute("INSERT INTO late VALUES ('2023-12-31Z', 2), ('2024-01-06Z', 3)")
    try migration.target.execute("INSERT INTO late VALUES ('2023-12-30Z', 2), ('2024-01-06 01:00Z', 3)")
    try await migration.copyAndVerify()
  }

  @Test("late chunks are found beside partitions by space that are staged", arguments: TestServer.ends)
  func space(server: TestServer) async throws {
    let setup = """
      CREATE TABLE spaced (time timestamptz NOT NULL, device int NOT NULL);
      SELECT create_hypertable('spaced', 'time', 'device', 4, chunk_time_interval => interval '1 day');
      INSERT INTO spaced VALUES ('2024-01-01Z', 1);
      """
    let migration = try await Migration.on(server, setup: setup)
    try await migration.run("stage", "--until", "2024-01-03Z")
    try migration.source.execute(
      "INSERT INTO spaced SELECT '2024-01-01Z', d FROM generate_series(1, 50) AS d")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("are not in the queue"), "\(outcome)")
  }

  @Test(
    "rows of the target at a time that the source has no rows for are a difference",
    arguments: TestServer.ends)
  func strays(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(
      "INSERT INTO late VALUES ('2024-01-03 10:00Z', 2), ('2024-01-03 11:00Z', 2), ('2024-01-08Z', 3)")
    try await migration.run("stage", "--until", "2024-01-07Z")
    try await migration.run("copy")
    let outcome = try await migration.run("verify", exits: 3)
    #expect(outcome.stderr.contains("(rows: 2)"), "\(outcome)")
    #expect(outcome.stderr.contains("from 2024-01-03 10:00:00+00 to 2024-01-03 11:00:00+00"), "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM late WHERE value > 1") == "3")
    // The statement that it tells removes them, and nothing else.
    try migration.target.deleteStrays(asToldBy: outcome)
    #expect(try migration.target.value("SELECT count(*) FROM late WHERE value > 1") == "1")
    try migration.expectSame("late", where: "time < '2024-01-07Z'")
  }

  @Test(
    "rows beside the tasks of a target chunk that is larger than the source's are a difference",
    arguments: TestServer.ends)
  func largerChunks(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.setup,
      targetSetup: """
        CREATE TABLE late (time timestamptz NOT NULL, value int);
        SELECT create_hypertable('late', 'time', chunk_time_interval => interval '7 days');
        INSERT INTO late VALUES ('2024-01-03 10:00Z', 2);
        """)
    try await migration.run("stage", "--until", "2024-01-07Z")
    try await migration.run("copy")
    let outcome = try await migration.run("verify", exits: 3)
    #expect(outcome.stderr.contains("(rows: 1)"), "\(outcome)")
  }

  /// Statements that the end of verify sends the target after the source has listed its chunks.
  enum Moment: String, CaseIterable {
    case beforeTheTargetIsListed = "worked IS NOT NULL AS is_copied"
    case beforeItsRowsAreLookedFor = "AS flags"
  }

  @Test(
    "rows that an application writes to both databases during the search are no strays",
    arguments: Moment.allCases, TestServer.one)
  func writtenMeanwhile(moment: Moment, server: TestServer) async throws {
    // The target's chunk is there already, and the source's isn't.
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(
      "INSERT INTO late VALUES ('2024-01-03Z', 0); DELETE FROM late WHERE value = 0")
    try await migration.run("stage", "--until", "2024-01-07Z")
    try await migration.run("copy")
    let (source, target) = (migration.source, migration.target)
    let proxy = try FaultyProxy(to: target.cluster.port)
    let writes = Atomic<Int>(0)
    proxy.watch(
      StatementWatch(ignoring: []) { _, text in
        guard text.contains(moment.rawValue), writes.add(1, ordering: .relaxed).oldValue == 0 else {
          return .passes
        }
        for database in [source, target] {
          #expect(throws: Never.self) {
            try database.execute("INSERT INTO late VALUES ('2024-01-03 10:00Z', 2)")
          }
        }
        return .passes
      })
    let through = BackfillProcess(
      source: source.connectionString, target: proxy.connectionString(to: target))
    let outcome = try await through.run(["verify", "-p1"])
    #expect(writes.load(ordering: .relaxed) > 0)
    #expect(outcome.exitCode == 1 && outcome.stderr.contains("are not in the queue"), "\(outcome)")
    #expect(!outcome.stderr.contains("DELETE"), "\(outcome)")
  }

  @Test(
    "sequences that would hand out numbers again are named with what mends them", arguments: TestServer.one)
  func sequences(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE numbered (time timestamptz NOT NULL, a serial, b bigint GENERATED ALWAYS AS IDENTITY, c int);
        SELECT create_hypertable('numbered', 'time', chunk_time_interval => interval '1 day');
        CREATE SEQUENCE down INCREMENT BY -1;
        ALTER TABLE numbered ALTER COLUMN c SET DEFAULT nextval('down');
        """)
    try migration.source.execute(
      "INSERT INTO numbered (time) SELECT '2024-01-01Z' FROM generate_series(1, 100) AS n")
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy")
    let statements = outcome.stderr.matches(of: /SELECT setval\(.*\)/).map { String($0.output) }
    #expect(statements.count == 3, "\(outcome)")
    for statement in statements { try migration.target.execute(statement) }
    try migration.target.execute("INSERT INTO numbered (time) VALUES ('2024-03-01Z')")
    #expect(
      try migration.target.query("SELECT a, b, c FROM numbered WHERE time >= '2024-02-01Z'")
        == [["101", "101", "-101"]])
    try migration.target.execute("UPDATE __backfill.task SET worked = NULL")
    let again = try await migration.run("copy")
    #expect(!again.stderr.contains("setval"), "\(again)")
  }

  @Test(
    "a sequence of the source that the role may not look at is made up for by the rows",
    arguments: TestServer.one)
  func hiddenSequence(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE numbered (time timestamptz NOT NULL, a serial);
        SELECT create_hypertable('numbered', 'time', chunk_time_interval => interval '1 day');
        """)
    try migration.source.execute(
      "INSERT INTO numbered (time) SELECT '2024-01-01Z' FROM generate_series(1, 100) AS n")
    try migration.source.executeAsSuperuser(
      "ALTER SEQUENCE numbered_a_seq OWNED BY NONE; ALTER SEQUENCE numbered_a_seq OWNER TO postgres")
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy")
    #expect(outcome.stderr.contains("numbered_a_seq\"', 100)"), "\(outcome)")
  }
}
