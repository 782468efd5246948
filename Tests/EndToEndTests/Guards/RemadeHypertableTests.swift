import TestServers
import TestTraits
import Testing

/// A hypertable that a person drops and makes again on the target, to change it say, has none of the rows that were
/// copied: the queue must not go on saying that it has.
@Suite("A hypertable that was created again on the target", .needs(TestServer.ends))
struct RemadeHypertableTests {
  private static let schema = """
    CREATE TABLE m (time timestamptz NOT NULL, v int);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE other (time timestamptz NOT NULL, v int);
    SELECT create_hypertable('other', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO m SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
    INSERT INTO other SELECT time, 2 FROM m;
    """

  private static let makingAgain = """
    DROP TABLE m;
    CREATE TABLE m (time timestamptz NOT NULL, v int);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """

  private func copied(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows, targetSetup: Self.schema)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    return migration
  }

  /// Copied, with `m` made again after that.
  private func remade(_ server: TestServer) async throws -> Migration {
    let migration = try await copied(server)
    try migration.target.execute(Self.makingAgain)
    return migration
  }

  @Test("isn't taken for one that is copied, and is staged again", arguments: TestServer.ends)
  func stagedAgain(server: TestServer) async throws {
    let migration = try await remade(server)
    for command in ["copy", "verify"] {
      let outcome = try await migration.run(command, exits: 1)
      #expect(outcome.stderr.contains(#""public"."m": it was dropped and created again"#), "\(outcome)")
      #expect(outcome.stderr.contains("_chunk\" (from 2024-01-03"), "\(outcome)")
      #expect(!outcome.stderr.contains(#""public"."other""#), "\(outcome)")
    }
    let cleaned = try await migration.run("clean", exits: 1)
    #expect(cleaned.stderr.contains("3 of the queue's 6 tasks have not been copied"), "\(cleaned)")
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(
      staged.stdout.contains(
        #""public"."m" was dropped and created again, or replaced, on the target after 3 chunks"#),
      "\(staged)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 3)
    try await migration.copyAndVerify()
    for table in ["m", "other"] { try migration.expectSame(table) }
    #expect(try migration.target.value("SELECT count(*) FROM m") == "72")
  }

  @Test("is still missed where a narrower window is staged again", arguments: TestServer.one)
  func narrowed(server: TestServer) async throws {
    let migration = try await remade(server)
    try await migration.run("stage", "--from", "2024-01-03", "--until", "2024-02-01")
    let copied = try await migration.run("copy", exits: 1)
    for day in 1...2 { #expect(copied.stderr.contains("(from 2024-01-0\(day) 00:00:00+00"), "\(copied)") }
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("m")
  }

  @Test("isn't one that was renamed, with its schema, too", arguments: TestServer.ends)
  func renamed(server: TestServer) async throws {
    let migration = try await copied(server)
    for database in [migration.source, migration.target] {
      try database.execute(
        "CREATE SCHEMA elsewhere; ALTER TABLE m RENAME TO n; ALTER TABLE n SET SCHEMA elsewhere")
    }
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(!staged.stdout.contains("dropped"), "\(staged)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
    #expect(try await migration.run("copy").stderr == "")
  }

  @Test(
    "copied rows whose chunks were dropped since are warned of, and copied again by the command told",
    arguments: TestServer.ends)
  func droppedChunks(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows, targetSetup: Self.schema)
    try await migration.run("stage", "--until", "2024-01-03 12:00Z")
    #expect(try await migration.run("copy").stderr == "")
    #expect(try await migration.run("verify").stderr == "")
    try migration.target.execute(
      "SELECT drop_chunks('m', older_than => '2024-01-02Z'::timestamptz); TRUNCATE other")
    for command in ["copy", "verify"] {
      let outcome = try await migration.run(command)
      #expect(outcome.stderr.contains(#""public"."m": the target has no chunk any more"#), "\(outcome)")
      #expect(
        outcome.stderr.contains("(from 2024-01-01 00:00:00+00 to 2024-01-02 00:00:00+00)\n"), "\(outcome)")
      #expect(
        outcome.stderr.contains("(from 2024-01-03 00:00:00+00 to 2024-01-03 12:00:00+00)\n"), "\(outcome)")
      #expect(outcome.stderr.contains(#"run 'copy --again --filter "^public\.other$"'"#), "\(outcome)")
    }
    try await migration.run("copy", "--again", "--filter", #"^public\.(m|other)$"#)
    let verified = try await migration.run("verify")
    #expect(verified.stderr == "", "\(verified)")
    for table in ["m", "other"] { try migration.expectSame(table, where: "time < '2024-01-03 12:00Z'") }
  }

  @Test("rows that the source has dropped and a person has saved are no strays", arguments: TestServer.one)
  func saved(server: TestServer) async throws {
    let migration = try await copied(server)
    try migration.source.execute("SELECT drop_chunks('m', older_than => '2024-01-02Z'::timestamptz)")
    try migration.target.execute(
      "CREATE TABLE saved AS SELECT * FROM m; \(Self.makingAgain) INSERT INTO m SELECT * FROM saved")
    for _ in 1...2 {
      let verified = try await migration.run("verify", exits: 1)
      #expect(verified.stderr.contains("(from 2024-01-02 00:00:00+00"), "\(verified)")
      #expect(!verified.stderr.contains("DELETE FROM"), "\(verified)")
      try await migration.run("stage", "--from", "2024-01-03", "--until", "2024-02-01")
    }
    // Staged again from the 3rd: the 2nd is still missing, as far as the queue knows.
    try await migration.run("copy", exits: 1)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    #expect(try migration.target.value("SELECT count(*) FROM m") == "72")
  }

  @Test("is noticed behind a snapshot, and where it is not made again", arguments: TestServer.one)
  func snapshot(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows, targetSetup: Self.schema)
    let holder = try migration.source.session()
    try holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    let snapshot = try #require(try holder.query("SELECT pg_export_snapshot()").first?[0])
    try await migration.run("stage", "--until", "2024-02-01", "--snapshot", snapshot)
    try await migration.copyAndVerify()
    try migration.target.execute("DROP TABLE other")
    let dropped = try await migration.run("verify")
    #expect(dropped.stderr.contains(#""public"."other": the target has no chunk any more"#), "\(dropped)")
    try migration.target.execute(Self.makingAgain)
    let verified = try await migration.run("verify", exits: 1)
    #expect(verified.stderr.contains(#""public"."m": it was dropped and created again"#), "\(verified)")
  }

  @Test("is warned of where it is the source's", arguments: TestServer.one)
  func source(server: TestServer) async throws {
    let migration = try await copied(server)
    try migration.source.execute("ALTER TABLE m RENAME TO n")
    for command in ["copy", "verify"] {
      let outcome = try await migration.run(command)
      #expect(
        outcome.stderr.contains(#"the source no longer has what was staged as "public"."m""#), "\(outcome)")
    }
  }
}
