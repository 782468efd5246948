import TestServers
import Testing

@Suite("Source and target exchanged", .needsServer) struct ExchangedTests {
  private static let table = """
    CREATE TABLE kept (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('kept', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows =
    "INSERT INTO kept SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 minute') AS t;"

  private func exchanged(_ migration: Migration) -> Migration {
    Migration(from: migration.target, to: migration.source)
  }

  @Test("keep the rows of the database that has them", arguments: TestServer.ends)
  func emptied(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    let wrong = exchanged(migration)
    // Without a chunk on what is taken for the source, and with the empty ones that staging the right way makes.
    let nothing = try await wrong.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(nothing.stderr.contains("no chunk on the source, rows on the target"), "\(nothing)")
    try await migration.run("stage", "--until", "2024-02-01")
    let empty = try await wrong.run("stage", "--until", "2024-02-01", exits: 1)
    // The Apache edition makes no chunks in advance.
    let found =
      server.isCommunity
      ? "(rows: 0 on the source, 5701 on the target)" : ": no chunk on the source, rows on the target"
    #expect(empty.stderr.contains(#""public"."kept""# + (server.isCommunity ? " " : "") + found), "\(empty)")
    for fact in ["may be exchanged", "--allow-shrinking"] { #expect(empty.stderr.contains(fact), "\(empty)") }
    #expect(try migration.source.value("SELECT to_regnamespace('__backfill')") == nil)
    try await migration.copyAndVerify()
    #expect(try migration.source.value("SELECT count(*) FROM kept") == "5701")
    try migration.expectSame("kept")
  }

  @Test("are noticed in the middle of a migration", arguments: TestServer.one)
  func halfway(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      "UPDATE __backfill.task SET worked = '[2024-06-01,2024-06-02]' WHERE priority > 3")
    try await migration.run("copy")
    let outcome = try await exchanged(migration).run("stage", "--until", "2024-02-01", exits: 1)
    #expect(outcome.stderr.contains("1 chunk of those examined has no row on the source"), "\(outcome)")
  }

  @Test("can be meant so", arguments: TestServer.one)
  func meant(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + "INSERT INTO kept VALUES ('2024-01-01 12:00Z', 2);",
      targetSetup: Self.table + Self.rows)
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(refused.stderr.contains("rows: 1 on the source, 1440 on the target"), "\(refused)")
    try await migration.run("stage", "--until", "2024-02-01", "--allow-shrinking")
    #expect(try migration.target.tasks() == 1)
  }

  @Test(
    "is no suspicion where rows were written to both, copied before, or dropped on the source since",
    arguments: TestServer.ends)
  func honest(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows)
    let live =
      "INSERT INTO kept SELECT t, 2 FROM generate_series('2024-01-05Z'::timestamptz, '2024-01-06Z', '1 minute') AS t;"
    try migration.source.execute(live)
    try migration.target.execute(live)
    try await migration.run("stage", "--until", "2024-01-05T12:00:00Z")
    try await migration.copyAndVerify()
    try await migration.run("stage", "--until", "2024-01-05T18:00:00Z")
    try await migration.run("clean", "--force")
    try migration.source.execute("SELECT drop_chunks('kept', '2024-01-04Z'::timestamptz)")
    let again = try await migration.run("stage", "--until", "2024-01-05T18:00:00Z")
    #expect(again.stdout.contains("Staged 2 chunks"), "\(again)")
    try await migration.run("copy", "-p3")
    // What only the target has by now is a difference, not a reason to stop.
    try await migration.run("verify", exits: 3)
    #expect(try migration.target.value("SELECT count(*) FROM kept") == "7142")
  }
}
