import TestServers
import Testing

/// Functions of users that run when rows are loaded.
@Suite("Functions that loading runs", .needsServer) struct UserFunctionTests {
  /// `risen` finds `step` only where the schema public is on the search_path.
  private static let functions = """
    CREATE FUNCTION public.step() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION public.risen(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 + public.step(); END';
    CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM step(); RETURN NEW; END';
    """
  private static let unqualified = """
    CREATE OR REPLACE FUNCTION public.risen(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN RETURN $1 + step(); END';
    """

  private static func table(_ columns: String) -> String {
    """
    CREATE TABLE relying (time timestamptz NOT NULL, value int, note text\(columns));
    SELECT create_hypertable('relying', 'time', chunk_time_interval => interval '1 day');
    """
  }

  static let rebuilding = TestServer.communityEnds.filter(\.putsIndexesOff)

  private static let uses = [
    ("a CHECK constraint", "ALTER TABLE relying ADD CHECK (risen(value) > 0)"),
    ("a domain", "ALTER TABLE relying ALTER COLUMN value TYPE positive"),
    ("a generated column", "SELECT"),
    ("an index", "CREATE INDEX relying_risen ON relying (risen(value))"),
    ("a trigger", "CREATE TRIGGER kept BEFORE INSERT ON relying FOR EACH ROW EXECUTE FUNCTION keep()"),
  ]

  @Test(
    "find what is on their database's search_path: of", arguments: TestServer.one, uses.map(\.0))
  func searchPath(server: TestServer, use: String) async throws {
    let statement = try #require(Self.uses.first { $0.0 == use }).1
    let column = use == "a generated column" ? ", higher int GENERATED ALWAYS AS (risen(value)) STORED" : ""
    let domain = "CREATE DOMAIN positive AS int CHECK (risen(value) > 0);"
    let schema = Self.functions + domain + Self.table(column) + statement + ";"
    let rows = """
      INSERT INTO relying (time, value)
      SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:00Z', '1 hour') AS t;
      """
    let migration = try await Migration.on(
      server, setup: schema + Self.unqualified + rows, targetSetup: schema + Self.unqualified)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("relying")
    #expect(try migration.target.value("SELECT count(*) FROM relying") == "48")
  }

  @Test(
    "of an index that no build can make again: it stays in place",
    .enabled(if: !rebuilding.isEmpty, "no TimescaleDB found that puts index builds off"),
    arguments: rebuilding)
  func index(server: TestServer) async throws {
    let schema =
      Self.functions + Self.table("") + """
        CREATE INDEX relying_risen ON relying (risen(value));
        CREATE INDEX relying_some ON relying (note) WHERE risen(value) > 5;
        CREATE INDEX relying_plain ON relying (note);
        """ + Self.unqualified
    // 5 MB in a chunk, which is large enough for its indexes to be built after loading.
    let rows = """
      INSERT INTO relying SELECT t, 1 + s, repeat(md5(t::text || s), 6)
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:59:50Z', '50 seconds') AS t,
        generate_series(1, 12) AS s;
      """
    let migration = try await Migration.on(server, setup: schema + rows, targetSetup: schema)
    let privileged = BackfillProcess(
      source: migration.source.connectionString, target: try migration.target.grantPrivileges())
    for command in [["stage", "--until", "2024-02-01"], ["copy"], ["verify"]] {
      let outcome = try await privileged.run(command)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    try migration.expectSame("relying")
    let indexes = try migration.target.value(
      "SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid IN (SELECT show_chunks('relying'))")
    #expect(indexes == "4")
  }

  @Test("with a superuser's rights, though they belong to others, are named", arguments: TestServer.one)
  func foreign(server: TestServer) async throws {
    let schema = Self.functions + Self.table("")
    let trigger = "CREATE TRIGGER kept BEFORE INSERT ON relying FOR EACH ROW EXECUTE FUNCTION keep();"
    let rows = "INSERT INTO relying VALUES ('2024-01-01Z', 1);"
    let migration = try await Migration.on(server, setup: schema + rows, targetSetup: schema + trigger)
    let asSuperuser = BackfillProcess(
      source: migration.source.connectionString, target: migration.target.superuserConnectionString)
    for command in [["stage", "--until", "2024-02-01"], ["copy"]] {
      let told = try await asSuperuser.run(command)
      #expect(told.exitCode == 0, "\(told)")
      #expect(told.stderr.contains(#"public.keep() of "app""#), "\(told)")
      #expect(told.stderr.contains(#"all rights of "postgres""#), "\(told)")
    }
    // The owner's own are nobody's concern.
    try await migration.run("clean", exits: 1)
    #expect(try await asSuperuser.run(["clean"]).exitCode == 0)
    let quiet = try await migration.run("stage", "--until", "2024-02-01")
    #expect(!quiet.stderr.contains("of other roles"), "\(quiet)")
  }
}
