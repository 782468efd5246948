import TestServers
import TestTraits
import Testing

@Suite("Foreign keys of the target", .needsServer) struct ForeignKeyTests {
  private static let table = """
    CREATE TABLE devices (id int PRIMARY KEY);
    CREATE TABLE keyed (time timestamptz PRIMARY KEY, device int);
    SELECT create_hypertable('keyed', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO keyed SELECT t, extract(day FROM t AT TIME ZONE 'UTC')
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
    """

  @Test("that refuse rows are explained, and the chunk is copied once they don't", arguments: TestServer.ends)
  func refusing(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + """
        INSERT INTO devices VALUES (1), (3);
        ALTER TABLE keyed ADD CONSTRAINT known_device FOREIGN KEY (device) REFERENCES devices
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let failed = try await migration.run("copy", exits: 1)
    #expect(failed.copiedChunks.count == 2, "\(failed)")
    for fact in ["known_device", "23503", "copy the referenced table first"] {
      #expect(failed.stderr.contains(fact), "\(fact): \(failed)")
    }
    try migration.target.execute("INSERT INTO devices VALUES (2)")
    let repaired = try await migration.run("copy")
    #expect(repaired.copiedChunks.count == 1, "\(repaired)")
    try await migration.run("verify")
    try migration.expectSame("keyed")
  }

  /// Keys that refer to hypertables came with 2.16.
  static let referable = Servers(.ends, .since(2, 16))

  @Test(
    "that would delete other rows along with replaced ones make the chunk fail",
    .needs(referable), arguments: referable)
  func cascading(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + """
        CREATE TABLE remarks (time timestamptz REFERENCES keyed ON DELETE CASCADE, remark text);
        INSERT INTO keyed VALUES ('2024-01-02 05:00Z', 9), ('2024-01-05Z', 5);
        INSERT INTO remarks VALUES ('2024-01-02 05:00Z', 'precious'), ('2024-01-05Z', 'live')
        """)
    let staged = try await migration.run("stage", "--until", "2024-01-05")
    #expect(staged.stderr.contains("remarks_time_fkey of public.remarks"), "\(staged)")
    let failed = try await migration.run("copy", exits: 1)
    #expect(failed.copiedChunks.count == 2, "\(failed)")
    #expect(failed.stderr.contains("remarks_time_fkey of public.remarks"), "\(failed)")
    #expect(failed.stderr.contains("--disable-triggers"), "\(failed)")
    #expect(try migration.target.value("SELECT count(*) FROM remarks") == "2")
    try await copyWithoutTriggers(migration)
    #expect(try migration.target.value("SELECT count(*) FROM remarks") == "2")
    try await migration.run("verify")
    try migration.expectSame("keyed", where: "time < '2024-01-05Z'")
  }

  @Test(
    "that forbid replacing rows are explained",
    .needs(referable), arguments: referable)
  func restricting(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + """
        CREATE TABLE remarks (time timestamptz REFERENCES keyed, remark text);
        INSERT INTO keyed VALUES ('2024-01-02 05:00Z', 9);
        INSERT INTO remarks VALUES ('2024-01-02 05:00Z', 'precious')
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let failed = try await migration.run("copy", exits: 1)
    #expect(failed.stderr.contains("23503"), "\(failed)")
    #expect(failed.stderr.contains("other tables refer to rows that are replaced"), "\(failed)")
    #expect(try migration.target.value("SELECT device FROM keyed WHERE time = '2024-01-02 05:00Z'") == "9")
    try migration.target.execute("ALTER TABLE remarks DROP CONSTRAINT remarks_time_fkey")
    try await migration.run("copy")
    try migration.expectSame("keyed")
  }

  @Test(
    "and row triggers are left out by --disable-triggers, for who may do that", arguments: TestServer.one)
  func triggers(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + """
        ALTER TABLE keyed ADD FOREIGN KEY (device) REFERENCES devices;
        CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.device = -1; RETURN NEW; END';
        CREATE TRIGGER spoil BEFORE INSERT ON keyed FOR EACH ROW EXECUTE FUNCTION spoil()
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let refused = try await migration.run("copy", "--disable-triggers", exits: 1)
    #expect(
      refused.stderr.contains("permission denied") && refused.stderr.contains("session_replication_role"),
      "\(refused)")
    try await copyWithoutTriggers(migration)
    try await migration.run("verify")
    try migration.expectSame("keyed")
  }

  /// As a superuser: a GRANT on the parameter would hold for all databases of the shared server.
  private func copyWithoutTriggers(_ migration: Migration) async throws {
    let backfill = BackfillProcess(
      source: migration.source.connectionString, target: migration.target.superuserConnectionString)
    let outcome = try await backfill.run(["copy", "--disable-triggers"])
    #expect(outcome.exitCode == 0, "\(outcome)")
  }
}
