import TestServers
import TestTraits
import Testing

@Suite("schema --tables-only", .needsServer) struct TablesOnlyTests {
  /// References in a circle, from a hypertable, and to oneself; a trigger; columns that take no value.
  private static let setup = """
    CREATE TABLE sites (id int PRIMARY KEY, name json, capital int);
    CREATE TABLE cities (id int PRIMARY KEY, site int NOT NULL REFERENCES sites, twin int REFERENCES cities,
      twice int GENERATED ALWAYS AS (id * 2) STORED);
    ALTER TABLE sites ADD FOREIGN KEY (capital) REFERENCES cities;
    CREATE TABLE devices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
    CREATE TABLE readings (time timestamptz NOT NULL, device bigint REFERENCES devices, value float8);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE log (id bigserial, what text);
    CREATE SEQUENCE down INCREMENT BY -1;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.log (what) VALUES (TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER noting AFTER INSERT OR UPDATE OR DELETE ON devices FOR EACH ROW EXECUTE FUNCTION note();
    CREATE TRIGGER always AFTER INSERT ON cities FOR EACH ROW EXECUTE FUNCTION note();
    ALTER TABLE cities ENABLE ALWAYS TRIGGER always;
    CREATE TABLE parts (id int, body text) PARTITION BY RANGE (id);
    CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10);
    CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (10) TO (20);
    """

  private static let rows = """
    BEGIN;
    INSERT INTO devices (name) SELECT 'device ' || n FROM generate_series(1, 4) AS n;
    INSERT INTO sites VALUES (1, '{"a": 1}', NULL), (2, '{"a":  2}', NULL);
    INSERT INTO cities (id, site, twin) VALUES (1, 1, NULL), (2, 2, 1), (3, 2, 3);
    UPDATE sites SET capital = id;
    INSERT INTO parts SELECT n, E'tab\\t\\\\' || n FROM generate_series(0, 19) AS n;
    SELECT nextval('down') FROM generate_series(1, 3);
    COMMIT
    """

  private static let tables = ["sites", "cities", "devices", "parts", "log"].map {
    "SELECT * FROM \($0) ORDER BY 1"
  }

  private func expectSame(_ migration: Migration, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for query in Self.tables {
      #expect(
        try migration.target.query(query) == migration.source.query(query), "\(query)",
        sourceLocation: sourceLocation)
    }
  }

  @Test("replaces rows and advances sequences", arguments: TestServer.one)
  func replaces(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.source.execute(Self.rows)
    // The target's own: older, newer and wrong.
    try migration.target.execute(
      """
      INSERT INTO devices (name) SELECT 'old ' || n FROM generate_series(1, 6) AS n;
      INSERT INTO readings VALUES ('2025-01-01Z', 2, 1);
      INSERT INTO sites VALUES (9, NULL, NULL);
      INSERT INTO parts VALUES (5, 'wrong');
      """)
    let outcome = try await migration.run("schema", "--tables-only")
    try expectSame(migration)
    #expect(outcome.stdout.contains(#"Updating the rows of "public"."devices""#), "\(outcome)")
    #expect(
      outcome.stdout.contains("advanced 2 sequences") || outcome.stdout.contains("advanced 3 sequences"),
      "\(outcome)")
    // Never back: the target had given out 6.
    #expect(try migration.target.query("SELECT last_value FROM devices_id_seq") == [["6"]])
    #expect(try migration.target.query("SELECT last_value FROM down") == [["-3"]])
    #expect(try migration.target.query("SELECT device FROM readings") == [["2"]])
    // Triggers and constraints are as they were.
    let state = """
      SELECT tgname::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal AND tgname IN ('noting', 'always')
      UNION ALL SELECT conname, concat(condeferrable, condeferred) FROM pg_constraint
      WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2
      """
    #expect(try migration.target.query(state) == migration.source.query(state))
    // Again, with changes on both sides.
    try migration.source.execute(
      "UPDATE devices SET name = 'new' WHERE id = 1; DELETE FROM devices WHERE id = 4")
    try migration.target.execute("DELETE FROM parts; INSERT INTO cities (id, site) VALUES (7, 1)")
    try await migration.run("schema", "--tables-only")
    try expectSame(migration)
  }

  @Test("leaves alone what is not chosen, and changes nothing where it fails") func chosen() async throws {
    let migration = try await Migration.on(try TestServer.one.newest(), setup: Self.setup)
    try migration.source.execute(Self.rows)
    try await migration.run("schema", "--tables-only", "--filter", #"\.parts"#, "--exclude", "high")
    #expect(try migration.target.query("SELECT count(*), max(id) FROM parts") == [["10", "9"]])
    #expect(try migration.target.query("SELECT count(*) FROM devices") == [["0"]])
    let none = try await migration.run("schema", "--tables-only", "--filter", "nothing", exits: 2)
    #expect(none.stderr.contains("no ordinary table that matches"), "\(none)")
    // A row that something on the target refers to, and the source doesn't have.
    try migration.target.execute(
      "INSERT INTO devices (name) SELECT 'x' FROM generate_series(1, 9); INSERT INTO readings VALUES (now(), 9, 1)"
    )
    let before = try Self.tables.map { try migration.target.query($0) }
    let failed = try await migration.run("schema", "--tables-only", exits: 1)
    #expect(failed.stderr.contains("removing rows of \"public\".\"devices\""), "\(failed)")
    #expect(try Self.tables.map { try migration.target.query($0) } == before)
    try migration.target.execute("DROP TABLE log")
    let lacking = try await migration.run("schema", "--tables-only", exits: 1)
    #expect(lacking.stderr.contains(#"the target lacks "public"."log""#), "\(lacking)")
  }

  @Test("empties no tables where source and target are exchanged") func exchanged() async throws {
    let migration = try await Migration.on(try TestServer.one.newest(), setup: Self.setup)
    try migration.target.execute(Self.rows)
    try migration.source.execute("INSERT INTO parts VALUES (1, 'lonely')")
    let before = try Self.tables.map { try migration.target.query($0) }
    let refused = try await migration.run("schema", "--tables-only", exits: 1)
    #expect(
      refused.stderr.contains(#""public"."devices" (0 on the source, 4 on the target)"#), "\(refused)")
    #expect(
      refused.stderr.contains(#""public"."parts_high" (0 on the source, 10 on the target)"#), "\(refused)")
    #expect(!refused.stderr.contains("parts_low"), "\(refused)")
    #expect(refused.stderr.contains("--allow-shrinking"), "\(refused)")
    #expect(try Self.tables.map { try migration.target.query($0) } == before)
    try await migration.run("schema", "--tables-only", "--allow-shrinking")
    try expectSame(migration)
  }

  @Test("empties no table that has grown while a lock on it was waited for") func grown() async throws {
    let migration = try await Migration.on(try TestServer.one.newest(), setup: Self.setup)
    try migration.source.execute(Self.rows)
    let holder = try migration.target.session()
    try holder.execute("BEGIN; INSERT INTO parts VALUES (5, 'first')")
    let running = try migration.backfill.start(["schema", "--tables-only", "--filter", #"\.parts"#])
    try await running.waitUntilOutput(contains: "waiting for a ")
    try holder.execute("INSERT INTO parts SELECT 5, n::text FROM generate_series(1, 200) AS n; COMMIT")
    let refused = try await running.wait()
    #expect(refused.exitCode == 1, "\(refused)")
    #expect(
      refused.stderr.contains(#""public"."parts_low" (10 on the source, 201 on the target)"#), "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM parts") == "201")
  }

  @Test("needs a primary key where a hypertable refers") func noKey() async throws {
    let migration = try await Migration.on(
      try TestServer.one.newest(),
      setup: """
        CREATE TABLE devices (id int UNIQUE);
        CREATE TABLE readings (time timestamptz NOT NULL, device int REFERENCES devices (id));
        SELECT create_hypertable('readings', 'time');
        """)
    let outcome = try await migration.run("schema", "--tables-only", exits: 1)
    #expect(outcome.stderr.contains(#"refer to "public"."devices", which have no primary key"#), "\(outcome)")
  }
}
