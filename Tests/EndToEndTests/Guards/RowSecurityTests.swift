import TestServers
import Testing

@Suite("Row-level security", .needsServer) struct RowSecurityTests {
  private static let setup = """
    CREATE TABLE secured (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('secured', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE open (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('open', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO secured SELECT t, extract(hour FROM t) FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour') AS t;
    INSERT INTO open SELECT * FROM secured;
    """
  private static let policy = """
    ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
    CREATE POLICY few ON secured USING (value < 5);
    """

  @Test(
    "that hides rows of the source from the role is refused, by stage and by copy", arguments: TestServer.one
  )
  func source(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.setup + Self.rows + Self.policy, targetSetup: Self.setup)
    let reader = "reader_\(String(UInt32.random(in: .min ... .max), radix: 36))"
    let cluster = migration.source.cluster
    try cluster.executeAsSuperuser("CREATE ROLE \(reader) LOGIN PASSWORD 'hunter2'")
    try migration.source.execute("GRANT SELECT ON secured, open TO \(reader)")
    let asReader = BackfillProcess(
      source: cluster.connectionString(database: migration.source.name, user: reader, password: "hunter2"),
      target: migration.target.connectionString)
    let staged = try await asReader.run(["stage", "--until", "2024-02-01"])
    #expect(staged.exitCode == 1, "\(staged)")
    for fact in ["row-level security", "\"public\".\"secured\" (source)", "BYPASSRLS"] {
      #expect(staged.stderr.contains(fact), "\(staged)")
    }
    // Who owns the tables sees all rows, and may stage and copy.
    try await migration.run("stage", "--until", "2024-02-01")
    for command in ["copy", "verify"] {
      let refused = try await asReader.run([command])
      #expect(refused.exitCode == 1 && refused.stderr.contains("row-level security"), "\(refused)")
      #expect(try migration.target.value("SELECT count(*) FROM secured") == (command == "copy" ? "0" : "49"))
      try await migration.run(command)
    }
    try migration.expectSame("secured")
    // Tables without policies are nobody's concern.
    try await migration.run("clean", "--force")
    let other = try await asReader.run(["stage", "--until", "2024-02-01", "--filter", "public.open"])
    #expect(other.exitCode == 0, "\(other)")
  }

  @Test("that is forced on the target's owner is refused", arguments: TestServer.one)
  func target(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.setup + Self.rows, targetSetup: Self.setup + Self.policy)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute("ALTER TABLE secured FORCE ROW LEVEL SECURITY")
    for arguments in [["stage", "--until", "2024-02-01"], ["copy"]] {
      let refused = try await migration.backfill.run(arguments)
      #expect(refused.exitCode == 1, "\(refused)")
      #expect(refused.stderr.contains("\"public\".\"secured\" (target)"), "\(refused)")
    }
    try migration.target.execute("ALTER TABLE secured NO FORCE ROW LEVEL SECURITY")
    try await migration.copyAndVerify()
    try migration.expectSame("secured")
  }
}
