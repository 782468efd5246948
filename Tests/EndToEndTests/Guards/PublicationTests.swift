import TestServers
import Testing

@Suite("Publications on the target", .needsServer) struct PublicationTests {
  private static let table = """
    CREATE TABLE published (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('published', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows =
    "INSERT INTO published SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;"

  struct Published: Sendable, CustomStringConvertible {
    let server: TestServer
    let kind: String
    var description: String { "\(kind) on \(server)" }
  }

  /// Schemas can be published from PostgreSQL 15 on.
  static let published = TestServer.ends.flatMap { server in
    ["FOR ALL TABLES", "FOR TABLES IN SCHEMA _timescaledb_internal", "FOR TABLE published"]
      .filter { server.pgMajor >= 15 || !$0.contains("SCHEMA") }
      .map { Published(server: server, kind: $0) }
  }

  @Test(
    "of hypertables without a replica identity are named before anything is written", arguments: published)
  func refused(published: Published) async throws {
    let (server, kind) = (published.server, published.kind)
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + "INSERT INTO published VALUES ('2024-01-02 12:00Z', 7);")
    try migration.target.executeAsSuperuser("CREATE PUBLICATION deletes \(kind)")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(refused.stderr.contains(#""deletes" of "public"."published""#), "\(refused)")
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
    #expect(try migration.target.value("SELECT count(*) FROM show_chunks('published')") == "1")
    // What the message says to run.
    let mend = #"ALTER TABLE "public"."published" REPLICA IDENTITY FULL"#
    #expect(refused.stderr.contains(mend), "\(refused)")
    try migration.target.execute(mend)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("published")
    try await migration.run("clean")
  }

  @Test("that came after staging are named once, and no chunk fails", arguments: TestServer.ends)
  func later(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.executeAsSuperuser("CREATE PUBLICATION deletes FOR ALL TABLES")
    let refused = try await migration.run("copy", exits: 1)
    #expect(refused.stderr.contains(#""deletes" of "public"."published""#), "\(refused)")
    #expect(!refused.stderr.contains("Failed"), "\(refused)")
    #expect(try migration.target.value("SELECT sum(attempts) FROM __backfill.task") == "0")
    let mend = #"ALTER PUBLICATION "deletes" SET (publish = 'insert')"#
    #expect(refused.stderr.contains(mend), "\(refused)")
    try migration.target.executeAsSuperuser(mend)
    try await migration.copyAndVerify()
    try migration.expectSame("published")
  }

  @Test("of all tables don't keep an older queue from being worked through", arguments: TestServer.ends)
  func ownTables(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + "ALTER TABLE published REPLICA IDENTITY FULL;")
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      """
      ALTER TABLE __backfill.session REPLICA IDENTITY DEFAULT;
      ALTER TABLE __backfill.deferred REPLICA IDENTITY DEFAULT
      """)
    try migration.target.executeAsSuperuser("CREATE PUBLICATION everything FOR ALL TABLES")
    try await migration.copyAndVerify()
    try migration.expectSame("published")
    let unfit = """
      SELECT string_agg(relname, ', ') FROM pg_class AS r
      WHERE relnamespace = '__backfill'::regnamespace AND relkind = 'r' AND relreplident <> 'f'
        AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = r.oid AND indisprimary)
      """
    #expect(try migration.target.value(unfit) == nil)
    try await migration.run("clean")
  }
}
