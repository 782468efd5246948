import TestServers
import TestTraits
import Testing

/// A hypertable that a person drops and makes again on the target, to change it say, has none of the rows that were
/// copied: the queue must not go on saying that it has.
@Suite("A hypertable that was made again on the target", .needs(TestServer.ends)) struct RemadeHypertableTests
{
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

  /// Copied, with `m` made again after that.
  private func remade(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows, targetSetup: Self.schema)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.target.execute(
      """
      DROP TABLE m;
      CREATE TABLE m (time timestamptz NOT NULL, v int);
      SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day')
      """)
    return migration
  }

  @Test("isn't taken for one that is copied, and is staged again", arguments: TestServer.ends)
  func stagedAgain(server: TestServer) async throws {
    let migration = try await remade(server)
    for command in ["copy", "verify"] {
      let outcome = try await migration.run(command, exits: 1)
      #expect(outcome.stderr.contains(#""public"."m": it was dropped and made again"#), "\(outcome)")
      #expect(outcome.stderr.contains("_chunk\" (from 2024-01-03"), "\(outcome)")
      #expect(!outcome.stderr.contains(#""public"."other""#), "\(outcome)")
    }
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(
      staged.stdout.contains(
        #""public"."m" was dropped and made again on the target after 3 chunks of it were"#),
      "\(staged)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 3)
    try await migration.copyAndVerify()
    for table in ["m", "other"] { try migration.expectSame(table) }
    #expect(try migration.target.value("SELECT count(*) FROM m") == "72")
  }

  @Test("isn't one that was renamed, with its schema, too", arguments: TestServer.ends)
  func renamed(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.schema + Self.rows, targetSetup: Self.schema)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    for database in [migration.source, migration.target] {
      try database.execute(
        "CREATE SCHEMA elsewhere; ALTER TABLE m RENAME TO n; ALTER TABLE n SET SCHEMA elsewhere")
    }
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(!staged.stdout.contains("dropped"), "\(staged)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
    try await migration.run("copy")
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
}
