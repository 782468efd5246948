import TestServers
import TestTraits
import Testing

/// What the source sent has to arrive, and to mean the same.
@Suite("Rows that don't arrive as they were sent", .needsServer) struct RowsThatArriveTests {
  private static let table = """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO m SELECT t, 1, extract(hour FROM t)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
    """

  @Test("rows that a trigger of the target drops fail their chunks", arguments: TestServer.ends)
  func droppedByTrigger(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + """
        CREATE FUNCTION drop_some() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.val >= 22 AND NEW.time < '2024-01-02Z' THEN RETURN NULL; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER dropper BEFORE INSERT ON m FOR EACH ROW EXECUTE FUNCTION drop_some();
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("the source sent 24 rows, but 22 arrived"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 1)
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE time < '2024-01-02Z'") == "0")
    try migration.expectSame("m", where: "time >= '2024-01-02Z'")
  }

  @Test(
    "a target's rows are not replaced by none, unless that is allowed",
    arguments: TestServer.ends, ["", "WHERE val > 0"])
  func shrunk(server: TestServer, gone: String) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + Self.rows)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.source.execute("DELETE FROM m \(gone)")
    let left = gone.isEmpty ? 0 : 1
    let outcome = try await migration.run("copy", exits: 1)
    #expect(
      outcome.stderr.contains("the source has \(left) rows in this range, and the target has 24"),
      "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM m") == "72")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 3)
    try await migration.run("copy", "--allow-shrinking")
    #expect(try migration.target.value("SELECT count(*) FROM m") == "\(left * 3)")
  }

  @Test(
    "compressed rows of the target are not replaced by none either", .needsCommunity,
    arguments: TestServer.communityEnds)
  func compressedShrunk(server: TestServer) async throws {
    let compressed = """
      ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
      SELECT compress_chunk(c) FROM show_chunks('m') AS c;
      """
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows + compressed, targetSetup: Self.table + Self.rows + compressed)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.source.execute("SELECT decompress_chunk(c) FROM show_chunks('m') AS c; DELETE FROM m;")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(
      outcome.stderr.contains("the source has 0 rows in this range, and the target has 24"), "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM m") == "72")
  }

  /// PostgreSQL sends an empty tsquery and refuses to receive it.
  @Test("values that the target refuses in binary form are copied as text", arguments: TestServer.ends)
  func refusedInBinary(server: TestServer) async throws {
    let table = """
      CREATE TABLE words (time timestamptz NOT NULL, search tsquery);
      SELECT create_hypertable('words', 'time', chunk_time_interval => interval '1 day');
      """
    let migration = try await Migration.on(
      server,
      setup: table + """
        INSERT INTO words SELECT t, CASE WHEN extract(hour FROM t) = 5 THEN '' ELSE 'fat & cat' END::tsquery
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:00Z', '1 hour') AS t;
        """, targetSetup: table)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("words")
    #expect(try migration.target.value("SELECT count(*) FROM words WHERE numnode(search) = 0") == "2")
  }

  @Test("an idle SERIALIZABLE transaction on the source keeps nobody waiting", arguments: TestServer.one)
  func serializable(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    let idle = try migration.source.session()
    try idle.execute("BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO m VALUES ('2024-03-01Z', 1, 1)")
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("m", where: "time < '2024-02-01Z'")
    try idle.execute("COMMIT")
  }

  @Test("a task at its end holds nothing on the source any more", arguments: TestServer.one)
  func sourceIsFree(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    try await migration.run("stage", "--until", "2024-02-01")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    // While the gate is closed; the target's message may be a moment ahead of the source's.
    try await migration.source.wait(
      until: """
        NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
          AND application_name LIKE 'timescaledb-backfill%' AND xact_start IS NOT NULL)
        """)
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
  }

  @Test(
    "an unlogged hypertable of the target is refused, as a crash would empty it",
    .needs(TestServer.unlogging),
    arguments: TestServer.unlogging)
  func unlogged(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute("ALTER TABLE m SET UNLOGGED")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("is unlogged"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 3)
  }
}

extension TestServer {
  /// Unlogged hypertables.
  static let unlogging = Servers(.ends, .since(2, 23))
}
