import TestServers
import TestTraits
import Testing

/// What a chunk in parts goes without while they load, and what becomes of that when something else happens meanwhile.
@Suite("A chunk in parts", .needsCommunity) struct SplitIndexTests {
  static let servers = Servers(.all, .community, .since(2, 22))

  /// One chunk of 8 MB.
  private static let setup = """
    CREATE TABLE cut (time timestamptz NOT NULL, device int NOT NULL, note text, amount numeric);
    SELECT create_hypertable('cut', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX cut_devices ON cut (device, time DESC);
    CREATE UNIQUE INDEX cut_once ON cut (device, time, lower(note));
    CREATE INDEX cut_part ON cut USING hash (note) WHERE device > 3;
    INSERT INTO cut SELECT t, d, repeat(md5(t::text || d), 6), d + 0.5
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:59:50Z', '50 seconds') AS t,
      generate_series(1, 20) AS d ORDER BY t;
    ANALYZE cut;
    """

  private func staged(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    try await migration.run("stage", "-u", "2024-02-01", "--split-size", "1MB")
    try #require(try migration.target.tasks(where: "part IS NOT NULL") > 4)
    return migration
  }

  /// Copied but for one part, so that the chunk goes without two indexes.
  private func unfinished(_ server: TestServer) async throws -> Migration {
    let migration = try await staged(server)
    try migration.target.execute("UPDATE __backfill.task SET snapshot = '00000000-00000000-1' WHERE part = 3")
    try await migration.run("copy", "-p2", exits: 1)
    try #require(try indexes(migration.target) ?? 4 < 4, "nothing was put off")
    return migration
  }

  private func mend(_ migration: Migration) throws {
    try migration.target.execute("UPDATE __backfill.task SET snapshot = NULL")
  }

  /// How many indexes the chunk has on the target.
  private func indexes(_ target: TestDatabase) throws -> Int? {
    try target.value(
      "SELECT count(*) FROM show_chunks('public.\(try table(target))') AS c JOIN pg_index AS x ON x.indrelid = c AND indisvalid"
    ).flatMap { Int($0) }
  }

  private func table(_ target: TestDatabase) throws -> String {
    try target.value("SELECT hypertable_name FROM timescaledb_information.hypertables") ?? "none"
  }

  @Test("keeps its unique indexes while parts load: ON CONFLICT goes on working", arguments: servers)
  func conflicts(server: TestServer) async throws {
    let migration = try await staged(server)
    let (running, gate) = try await migration.startAtGate(workers: 1)
    try await migration.target.wait(until: "EXISTS (SELECT FROM __backfill.deferred WHERE kind = 'index')")
    let upsert = """
      INSERT INTO cut VALUES ('2024-01-01 00:00:07Z', 99, 'x', 1) ON CONFLICT (device, time, lower(note)) DO NOTHING
      """
    try migration.target.execute("\(upsert); \(upsert); DELETE FROM cut WHERE device = 99")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try indexes(migration.target) == 4)
    try migration.expectSame("cut")
  }

  @Test("gets its indexes back though those of the hypertable were renamed meanwhile", arguments: servers)
  func renamedIndex(server: TestServer) async throws {
    let migration = try await unfinished(server)
    try migration.target.execute("ALTER INDEX cut_devices RENAME TO cut_by_device")
    try mend(migration)
    try await migration.run("copy")
    #expect(try indexes(migration.target) == 4)
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.deferred") == "0")
    // As the hypertable's own: it goes when that goes.
    try migration.target.execute("DROP INDEX cut_by_device")
    #expect(try indexes(migration.target) == 3)
  }

  @Test("gets them back from clean though the hypertable was renamed meanwhile", arguments: servers)
  func renamedHypertable(server: TestServer) async throws {
    let migration = try await unfinished(server)
    try migration.target.execute(
      "ALTER TABLE cut RENAME TO sliced; ALTER INDEX cut_part RENAME TO sliced_part")
    let cleaned = try await migration.run("clean", "--force")
    #expect(cleaned.stdout.contains("partly copied"), "\(cleaned)")
    #expect(try indexes(migration.target) == 4)
  }

  @Test(
    "whose index can't be made again isn't done, and clean names it and keeps the note", arguments: servers)
  func lost(server: TestServer) async throws {
    let migration = try await unfinished(server)
    try migration.target.execute("DROP INDEX cut_devices")
    try mend(migration)
    let copied = try await migration.run("copy", exits: 1)
    for fact in ["cut_devices", "was put off", "CREATE INDEX", "__backfill.deferred"] {
      #expect(copied.stderr.contains(fact), "\(fact): \(copied)")
    }
    #expect(try migration.target.tasks(where: "worked IS NULL") == 1)
    let left = try await migration.run("clean", "--force", exits: 1)
    #expect(left.stderr.contains("cut_devices") && left.stderr.contains("run: CREATE INDEX"), "\(left)")
    // The other one is back.
    #expect(try indexes(migration.target) == 3)
    let note = try migration.target.query("SELECT definition FROM __backfill.deferred")
    #expect(note.count == 1)
    // What it says to run.
    try migration.target.executeAsSuperuser("SET ROLE \(TestCluster.appUser); \(note.first?[0] ?? "")")
    try await migration.run("clean", "--force")
    #expect(try indexes(migration.target) == 4)
  }

  @Test(
    "that holds a duplicate by now doesn't keep clean from ending",
    arguments: Servers(.newest, .community, .since(2, 22)))
  func duplicate(server: TestServer) async throws {
    let migration = try await unfinished(server)
    // An earlier version put unique indexes off, too, and noted their names.
    try migration.target.executeAsSuperuser(
      """
      INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
        index_name, parent_index_name, tablespace)
      SELECT split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name, i.relname, 'cut_once', ''
      FROM __backfill.deferred CROSS JOIN pg_class AS i WHERE i.relname LIKE '%chunk_cut_once' LIMIT 1;
      DO $$ DECLARE i regclass;
      BEGIN
        SELECT oid INTO i FROM pg_class WHERE relname LIKE '%chunk_cut_once';
        EXECUTE format('DROP INDEX %s', i);
      END $$
      """)
    try migration.target.execute(
      "INSERT INTO cut SELECT * FROM cut ORDER BY time LIMIT 1")
    let left = try await migration.run("clean", "--force", exits: 1)
    #expect(left.stderr.contains("cut_once") && left.stderr.contains("23505"), "\(left)")
    #expect(try indexes(migration.target) == 3)
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.deferred") == "1")
    try migration.target.execute("DELETE FROM __backfill.deferred")
    try await migration.run("clean", "--force")
  }

  private static let triggered = Servers(.newest, .community, .before(2, 23))

  @Test(
    "that an earlier version left without the aggregates' trigger gets it back from clean", .needs(triggered),
    arguments: triggered)
  func trigger(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in IntegerHistory.schema { try database.execute(statement) }
      try database.execute(IntegerHistory.rows(from: 0, to: 99))
    }
    try await migration.run("stage", "--until", "100")
    let chunk = try #require(try migration.target.value("SELECT show_chunks('m')::text"))
    let triggers =
      "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = '\(chunk)'::regclass AND NOT tgisinternal"
    let before = try migration.target.query(triggers)
    #expect(before.count == 1)
    try migration.target.execute(
      """
      INSERT INTO __backfill.split (id, parts) VALUES (1, 2);
      INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name)
      SELECT 1, 'trigger', n.nspname, c.relname, 'public', 'm'
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = '\(chunk)'::regclass;
      DROP TRIGGER ts_cagg_invalidation_trigger ON \(chunk)
      """)
    try await migration.run("clean", "--force")
    #expect(try migration.target.query(triggers) == before)
  }
}
