import TestServers
import TestTraits
import Testing

/// Triggers of the target that copying sets off; each writes into a table as an outbox does.
@Suite("Triggers on the target", .needsServer) struct TriggerTests {
  /// From 2.27 on a hypertable's triggers can be disabled, on the chunks that there are.
  private static let disabling = TestServer.community.filter {
    $0.timescaleVersion >= TimescaleVersion(2, 27, 0)
  }
  private static let noDisabling: Comment = "no TimescaleDB found that disables triggers of hypertables"

  private static let table = """
    CREATE TABLE watched (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('watched', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows =
    "INSERT INTO watched SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;"
  private static let trigger = """
    CREATE TABLE public.outbox (at timestamptz DEFAULT now());
    CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO public.outbox DEFAULT VALUES; RETURN NEW; END';
    CREATE TRIGGER noted AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION public.note();
    """

  private func outbox(_ migration: some CommandRunner) throws -> String? {
    try migration.target.value("SELECT count(*) FROM outbox")
  }

  @Test(
    "disabled on the hypertable don't fire unseen on chunks that staging makes",
    .enabled(if: !disabling.isEmpty, noDisabling), arguments: disabling)
  func madeLater(server: TestServer) async throws {
    let disable = "ALTER TABLE watched DISABLE TRIGGER noted;"
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + Self.trigger + disable)
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(staged.stderr.contains("disabled on their hypertable"), "\(staged)")
    let refused = try await migration.run("copy", exits: 1)
    #expect(refused.stderr.contains(#""noted" on "public"."watched""#), "\(refused)")
    #expect(refused.stderr.contains(#"ALTER TABLE "public"."watched" DISABLE TRIGGER "noted""#), "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM watched") == "0")
    // What the message says to run.
    try migration.target.execute(disable)
    try await migration.copyAndVerify()
    #expect(try outbox(migration) == "0")
    try migration.expectSame("watched")
  }

  @Test(
    "that fire in spite of --disable-triggers are refused by name",
    .enabled(if: !disabling.isEmpty, noDisabling), arguments: disabling)
  func always(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + Self.trigger)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute("ALTER TABLE watched ENABLE ALWAYS TRIGGER noted")
    let privileged = BackfillProcess(
      source: migration.source.connectionString, target: try migration.target.grantPrivileges())
    let refused = try await privileged.run(["copy", "--disable-triggers"])
    #expect(refused.exitCode == 1, "\(refused)")
    #expect(refused.stderr.contains(#""noted" on "public"."watched""#), "\(refused)")
    #expect(refused.stderr.contains("DROP TRIGGER"), "\(refused)")
    #expect(try outbox(migration) == "0")
    try migration.target.execute("DROP TRIGGER noted ON watched")
    let copied = try await privileged.run(["copy", "--disable-triggers"])
    #expect(copied.exitCode == 0, "\(copied)")
    #expect(try outbox(migration) == "0")
    try migration.expectSame("watched")
  }

  @Test(
    "of chunks alone are told, those for statements too, and what is off after staging isn't",
    .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func onChunk(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows, targetSetup: Self.table + Self.trigger)
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    #expect(staged.stderr.contains(#""noted" on "public"."watched""#), "\(staged)")
    try migration.target.execute(
      """
      DROP TRIGGER noted ON watched;
      DO $$ BEGIN EXECUTE format(
        'CREATE TRIGGER on_chunk AFTER DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION public.note()',
        (SELECT min(c::text) FROM show_chunks('watched') AS c)); END $$;
      """)
    let copied = try await migration.run("copy")
    #expect(copied.stderr.contains(#""on_chunk" on "public"."watched""#), "\(copied)")
    #expect(!copied.stderr.contains("noted"), "\(copied)")
    #expect(try outbox(migration) == "1")
    try migration.expectSame("watched")
  }
}
