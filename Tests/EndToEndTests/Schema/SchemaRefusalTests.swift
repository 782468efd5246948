import TestServers
import TestTraits
import Testing

@Suite("schema refuses", .needsServer) struct SchemaRefusalTests {
  private static let setup = [
    """
    CREATE SCHEMA plant;
    CREATE TABLE plant.devices (id int PRIMARY KEY);
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
    CREATE TABLE readings (time timestamptz NOT NULL, value float8);
    SELECT create_hypertable('readings', 'time');
    """
  ]

  private func rig() async throws -> SchemaRig {
    try await SchemaRig(on: try TestServer.one.newest(), setup: Self.setup)
  }

  /// What a target has, to see that nothing was changed.
  private func state(_ rig: SchemaRig) throws -> [[String?]] {
    try rig.maintenance().query(
      """
      SELECT 'role', rolname FROM pg_roles UNION ALL SELECT 'database', datname FROM pg_database ORDER BY 1, 2
      """)
  }

  @Test("client programs that are missing, too old or of no known version, before it connects to write")
  func programs() async throws {
    let rig = try await rig()
    let before = try state(rig)
    let none = try ScratchDirectory()
    let missing = try await rig.process().run(["schema", "--pg-bin", none.path])
    #expect(missing.exitCode == 1, "\(missing)")
    #expect(missing.stderr.contains("error: pg_dump is not in \(none.path)\nhint: "), "\(missing)")
    let pathless = try await rig.process().run(["schema"])
    if pathless.stderr.contains("the PATH") { #expect(pathless.exitCode == 1, "\(pathless)") }
    let old = ClientDirectory.Manner.instead("echo 'pg_dump (PostgreSQL) 12.3 (Old)'")
    let outcome = try await rig.schema(with: ["pg_dump": old], exits: 1)
    #expect(
      outcome.stderr.contains(
        "is version 12.3 (Old), older than the source's PostgreSQL \(rig.server.pgMajor), which it cannot dump"
      ),
      "\(outcome)")
    let strange = try await rig.schema(with: ["pg_restore": .instead("echo hello")], exits: 1)
    #expect(strange.stderr.contains("does not tell its version like PostgreSQL's pg_restore"), "\(strange)")
    #expect(try state(rig) == before)
  }

  @Test("a target that has any of the objects, and names them") func occupied() async throws {
    let rig = try await rig()
    try rig.maintenance().execute("CREATE DATABASE metrics")
    let target = try rig.targetSession()
    try target.execute(
      "CREATE SCHEMA plant; CREATE TABLE public.own (a int); CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 3'"
    )
    let before = try state(rig)
    let outcome = try await rig.schema(exits: 1)
    #expect(
      outcome.stderr.contains(
        "the target is not empty: it has schema plant, function public.twice(n integer)\n"),
      "\(outcome)")
    #expect(try state(rig) == before)
    // What isn't the source's is in nobody's way.
    try target.execute("DROP SCHEMA plant; DROP FUNCTION twice")
    _ = try await rig.schema()
    #expect(try target.query("SELECT count(*) FROM own") == [["0"]])
  }

  @Test("a target with hypertables of its own, a database that it may not make, and one that isn't named")
  func others() async throws {
    let rig = try await rig()
    let managed = try await rig.schema("--managed", exits: 1)
    #expect(
      managed.stderr.contains(#"the database "metrics" does not exist, and --managed does not create it"#),
      "\(managed)")
    let noRoles = try await rig.schema("--no-roles", exits: 1)
    #expect(noRoles.stderr.contains(#"objects on the source, or have privileges there: "app""#), "\(noRoles)")
    try rig.maintenance().execute("CREATE DATABASE metrics")
    try rig.targetSession().execute("CREATE EXTENSION timescaledb")
    try rig.targetSession().execute(
      "CREATE TABLE own (time timestamptz NOT NULL); SELECT create_hypertable('own', 'time')")
    let outcome = try await rig.schema(exits: 1)
    #expect(outcome.stderr.contains("the target is not empty: it has 1 hypertable and 0 jobs"), "\(outcome)")
    #expect(try state(rig).contains(["role", "app"]) == false)
  }

  @Test("a failing program, whose words are shown", arguments: ["pg_dumpall", "pg_dump", "pg_restore"])
  func failing(program: String) async throws {
    let rig = try await rig()
    let manner = ClientDirectory.Manner.instead(
      "case \"$*\" in *--version*) exec $program \"$@\";; esac; echo '\(program): error: out of luck' >&2; exit 7"
    )
    let outcome = try await rig.schema(with: [program: manner], exits: 1)
    #expect(
      outcome.stderr.contains("error: \(program) failed with exit code 7: \(program): error: out of luck"),
      "\(outcome)")
    _ = try await rig.schema()
  }
}

extension SchemaRig {
  /// A session on the target's server, whether its database is there or not.
  func maintenance() throws -> SQLSession {
    try SQLSession(
      connectionString: target.connectionString(
        database: "postgres", user: "postgres", password: Self.targetPassword))
  }
}
