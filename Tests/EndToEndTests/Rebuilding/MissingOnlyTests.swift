import Foundation
import TestServers
import TestTraits
import Testing

@Suite("schema --missing-only", .needs(TestServer.communityEndsWithClients)) struct MissingOnlyTests {
  private static let setup =
    MovedDatabase.setup + MovedDatabase.communitySetup + DefinedDatabase.setup
    + DefinedDatabase.communitySetup

  /// Takes about half away, and changes some of the rest.
  private static let losses = [
    "DROP MATERIALIZED VIEW monthly CASCADE", "DROP TABLE events", "DROP TABLE docs",
    #"DROP MATERIALIZED VIEW "Odd 'schema"."Cagg 1""#, "DROP TABLE ticks",
    "DROP TABLE plant.rooms, idt, notes",
    "DROP FUNCTION chk", "DROP VIEW plant.last_values",
    "SELECT delete_job(id) FROM _timescaledb_config.bgw_job WHERE proc_name IN ('tidy', 'policy_retention')",
    "ALTER TABLE wide SET (autovacuum_enabled = off)", "REVOKE SELECT ON devices FROM reader",
    "DROP INDEX wide_partial", "UPDATE devices SET name = 'of the target' WHERE id = 1",
  ]

  /// What the target had, and so keeps.
  private static let kept = [
    "+)", "-);",
    "-CREATE INDEX wide_partial ON public.wide USING btree (x) WHERE (x > (5)::double precision);",
    "-GRANT SELECT ON TABLE public.devices TO reader;",
  ]

  @Test("adds what the target lacks, and leaves what it has", arguments: TestServer.communityEndsWithClients)
  func half(server: TestServer) async throws {
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    _ = try await rig.schema("--rebuild")
    let nothing = try await rig.schema("--missing-only")
    #expect(nothing.stdout.contains("The target has the schema already"), "\(nothing)")
    for loss in Self.losses { try rig.targetSession().execute(loss) }
    let refused = try await rig.schema("--rebuild", exits: 1)
    #expect(refused.stderr.contains("give it --missing-only"), "\(refused)")

    let outcome = try await rig.schema("--missing-only")
    #expect(!outcome.stderr.contains("refused"), "\(outcome)")
    let differences = try await RebuiltSchema.differences(of: rig).filter {
      !$0.contains("autovacuum_enabled")
    }
    #expect(differences == (RebuiltSchema.granted + Self.kept).sorted(), "\(differences)")
    let session = try rig.targetSession()
    #expect(try session.query("SELECT name FROM devices WHERE id = 1") == [["of the target"]])
    try rig.expectSame(["SELECT * FROM plant.rooms ORDER BY 1", "SELECT * FROM idt ORDER BY 1"])
    try rig.expectSame(DefinedDatabase.facts + DefinedDatabase.communityFacts)
    #expect(
      try session.query("SELECT count(*) FROM _timescaledb_config.bgw_job WHERE scheduled AND id >= 1000")
        == [["0"]])
  }

  @Test("makes everything on an empty server") func empty() async throws {
    let rig = try await SchemaRig(
      on: try TestServer.communityEndsWithClients.newest(), setup: Self.setup,
      administration: MovedDatabase.administration)
    _ = try await rig.schema("--missing-only")
    try RebuiltSchema.expectSame(rig)
    #expect(try await RebuiltSchema.differences(of: rig) == RebuiltSchema.granted)
  }

  @Test("turns off no job that the target had, and names a table that should be a hypertable")
  func others() async throws {
    let rig = try await SchemaRig(
      on: try TestServer.communityEndsWithClients.newest(), setup: Self.setup,
      administration: MovedDatabase.administration)
    try rig.maintenance().execute("CREATE DATABASE metrics")
    let session = try rig.targetSession()
    try session.execute(
      """
      CREATE EXTENSION timescaledb;
      CREATE TABLE own (time timestamptz NOT NULL); SELECT create_hypertable('own', 'time');
      SELECT add_retention_policy('own', interval '5 years');
      CREATE TABLE events (position int NOT NULL, kind text)
      """)
    let outcome = try await rig.schema("--missing-only")
    #expect(
      outcome.stderr.contains(#"the target has "public"."events" already, and it is not what it is"#),
      "\(outcome)")
    #expect(
      try session.query(
        "SELECT proc_name FROM _timescaledb_config.bgw_job WHERE scheduled AND id >= 1000") == [
          ["policy_retention"]
        ])
    #expect(try session.query("SELECT count(*) FROM timescaledb_information.hypertables") == [["8"]])
  }

  /// Somebody else's doing on the target, between the look at what is there and the making of what isn't.
  enum Meanwhile: CaseIterable, Sendable {
    case drops, makes, dropsJob

    /// The target lacks `idt`, and has `notes` and the jobs.
    var statement: String {
      switch self {
      case .drops: "DROP TABLE notes"
      case .makes: "CREATE TABLE idt (mine int)"
      case .dropsJob: "SELECT delete_job(id) FROM _timescaledb_config.bgw_job WHERE proc_name = 'tidy'"
      }
    }

    var told: String {
      switch self {
      case .drops: "dropped from the target while schema was running: TABLE public notes"
      case .makes: #"relation "idt" already exists"#
      case .dropsJob: #"while schema was running: the job "plant"."tidy""#
      }
    }
  }

  @Test("changes nothing where the target is not what it was a moment ago", arguments: Meanwhile.allCases)
  func changed(meanwhile: Meanwhile) async throws {
    let rig = try await SchemaRig(
      on: try TestServer.communityEndsWithClients.newest(), setup: Self.setup,
      administration: MovedDatabase.administration)
    _ = try await rig.schema("--rebuild")
    try rig.targetSession().execute("DROP TABLE idt")
    // When pg_restore is called for the last time, the target has been looked at.
    let quoted = { (text: String) in "'" + text.replacing("'", with: "'\\''") + "'" }
    let script = """
      case "$*" in */late*)
        PGPASSWORD=\(quoted(SchemaRig.targetPassword)) "${0%/*}/psql" -X -q -v ON_ERROR_STOP=1 \
          -d 'host=127.0.0.1 port=\(rig.target.port) user=postgres dbname=metrics' \
          -c \(quoted(meanwhile.statement)) >/dev/null </dev/null || exit 1;;
      esac
      """
    let outcome = try await rig.schema("--missing-only", with: ["pg_restore": .before(script)], exits: 1)
    #expect(outcome.stderr.contains(meanwhile.told), "\(outcome)")
    let session = try rig.targetSession()
    #expect(
      try session.query("SELECT to_regclass('idt') IS NULL") == [[meanwhile == .makes ? "f" : "t"]])
    _ = try await rig.schema("--missing-only")
    if meanwhile == .makes {
      #expect(try session.query("SELECT count(mine) FROM idt") == [["0"]])
    } else {
      #expect(try await RebuiltSchema.differences(of: rig) == RebuiltSchema.granted)
      try rig.expectSame(DefinedDatabase.facts + DefinedDatabase.communityFacts)
    }
  }

  /// It waits for a table of the target's that a new foreign key refers to, when the rest is made.
  @Test("leaves nothing when it is killed, and comes to the same end when it is run again")
  func killed() async throws {
    let rig = try await SchemaRig(
      on: try TestServer.communityEndsWithClients.newest(), setup: Self.setup,
      administration: MovedDatabase.administration)
    _ = try await rig.schema("--rebuild")
    for loss in Self.losses.prefix(8) { try rig.targetSession().execute(loss) }
    let before = try await RebuiltSchema.differences(of: rig)
    let holder = try rig.targetSession()
    try holder.execute("BEGIN; LOCK TABLE devices IN ACCESS EXCLUSIVE MODE")
    let programs = try ClientDirectory(of: rig.clients)
    let running = try rig.process().start(["schema", "--missing-only", "--pg-bin", programs.path])
    try await rig.waitForSessions(on: try rig.maintenance(), "wait_event_type = 'Lock'", areThere: true)
    await running.signal(SIGKILL)
    let ended = try await running.wait()
    #expect(ended.ending == .signaled(SIGKILL), "\(ended)")
    try holder.execute("ROLLBACK")
    try await rig.waitForSessions(on: try rig.maintenance(), "true", areThere: false)
    #expect(try await RebuiltSchema.differences(of: rig) == before)
    _ = try await rig.schema("--missing-only")
    let differences = try await RebuiltSchema.differences(of: rig)
    #expect(differences == RebuiltSchema.granted, "\(differences)")
  }
}
