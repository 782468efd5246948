import Foundation
import TestServers
import TestTraits
import Testing

@Suite("schema, ended on its way and run again", .needsServer) struct SchemaResumeTests {
  private static let setup = [
    """
    CREATE TABLE devices (id bigserial PRIMARY KEY, name text);
    INSERT INTO devices (name) SELECT 'device ' || n FROM generate_series(1, 5) AS n;
    CREATE TABLE readings (time timestamptz NOT NULL, value float8);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO readings SELECT t, 1 FROM generate_series('2025-12-20Z'::timestamptz, '2026-01-01Z', '1 hour') AS t;
    """
  ]
  private static let administration =
    "CREATE ROLE reader; GRANT reader TO app; ALTER DATABASE metrics SET work_mem = '5MB'"

  /// When the program is killed.
  enum Moment: CaseIterable, Sendable, CustomTestStringConvertible {
    case roles, database, settings, restoreMode, restore, restored, finish

    var testDescription: String { "\(self)" }

    /// A shared catalog that is locked until the program waits for it; nil where pg_restore kills the program.
    var locked: String? {
      switch self {
      case .roles: "pg_authid"
      case .database: "pg_database"
      case .settings, .restoreMode, .finish: "pg_db_role_setting"
      case .restore, .restored: nil
      }
    }

    /// Without settings of the database, pre_restore is the first to write one.
    var administration: String { self == .restoreMode ? "" : SchemaResumeTests.administration }

    /// With and without its work done. $PPID is the program.
    func manners(_ directory: ScratchDirectory) -> [String: ClientDirectory.Manner] {
      let begin = "case \"$*\" in *version*) exec $program \"$@\";; esac"
      switch self {
      case .restore: return ["pg_restore": .instead("\(begin); kill -9 $PPID; exit 1")]
      case .restored: return ["pg_restore": .instead("\(begin); $program \"$@\"; kill -9 $PPID")]
      case .finish:
        let wait =
          "touch '\(directory.path)/done'; while [ ! -e '\(directory.path)/go' ]; do sleep 0.01; done"
        return ["pg_restore": .instead("\(begin); $program \"$@\" || exit; \(wait)")]
      default: return [:]
      }
    }
  }

  @Test("comes to the same end wherever it was killed", arguments: Moment.allCases)
  func killed(moment: Moment) async throws {
    let server = try TestServer.one.newest()
    let rig = try await SchemaRig(on: server, setup: Self.setup, administration: moment.administration)
    let directory = try ScratchDirectory()
    let programs = try ClientDirectory(of: server, moment.manners(directory))
    let running = try rig.process().start(["schema", "--pg-bin", programs.path])
    if moment == .finish { try await directory.waitForFile("done") }
    if let catalog = moment.locked {
      let (holder, observer) = (try rig.maintenance(), try rig.maintenance())
      try holder.execute("BEGIN; LOCK TABLE pg_catalog.\(catalog) IN SHARE MODE")
      if moment == .finish { try directory.write("", to: "go") }
      try await rig.waitForSessions(on: observer, "wait_event_type = 'Lock'", areThere: true)
      await running.signal(SIGKILL)
      try holder.execute("ROLLBACK")
    }
    let ended = try await running.wait()
    #expect(ended.ending == .signaled(SIGKILL), "\(moment): \(ended)")
    // Whatever is still at work there comes to its end by itself.
    try await rig.waitForSessions(on: try rig.maintenance(), "true", areThere: false)
    if moment == .restored {
      #expect(try rig.targetSession().query("SHOW timescaledb.restoring") == [["on"]])
    }
    let again = try await rig.schema()
    if moment == .restored { #expect(again.stdout.contains("/2 Ending the restore"), "\(again)") }
    try rig.expectSame([
      "SELECT * FROM devices ORDER BY 1", "SELECT last_value FROM devices_id_seq",
      "SELECT count(*) FROM _timescaledb_catalog.chunk", "SHOW work_mem",
      "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members ORDER BY 1, 2",
    ])
    #expect(try rig.targetSession().query("SHOW timescaledb.restoring") == [["off"]])
    let differences = try await SchemaDumps(of: rig).differences
    #expect(differences.allSatisfy { $0.hasPrefix("+GRANT") }, "\(differences)")
  }

  @Test("ends its programs at the first Ctrl-C") func interrupted() async throws {
    let server = try TestServer.one.newest()
    let rig = try await SchemaRig(on: server, setup: Self.setup, administration: Self.administration)
    let directory = try ScratchDirectory()
    let waiting = ClientDirectory.Manner.instead(
      "case \"$*\" in *version*) exec $program \"$@\";; esac; echo $$ > '\(directory.path)/pid'; echo here >&2; exec sleep 1000"
    )
    let programs = try ClientDirectory(of: server, ["pg_restore": waiting])
    let running = try rig.process().start(["schema", "--pg-bin", programs.path])
    try await running.waitUntilOutput(contains: "pg_restore: here")
    await running.signal(SIGINT)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    let pid = try #require(
      pid_t(try directory.text(of: "pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(pid, 0) == -1)
    let again = try await rig.schema()
    #expect(again.stdout.contains("The target has the schema"), "\(again)")
  }

  @Test("needs no large lock table") func notAtomic() async throws {
    let manyChunks = ["SELECT set_chunk_time_interval('readings', interval '1 hour')", "TRUNCATE readings"]
    let rows = """
      INSERT INTO readings SELECT t, 1 FROM generate_series('2025-12-20Z'::timestamptz, '2025-12-26Z', '1 hour') AS t
      """
    let rig = try await SchemaRig(
      on: try TestServer.one.newest(), setup: Self.setup + manyChunks + [rows],
      administration: Self.administration,
      targetSettings: ["max_locks_per_transaction": "10", "max_connections": "15"])
    let outcome = try await rig.schema()
    #expect(
      outcome.stderr.contains("lock table room for 150, so it is not restored in one transaction"),
      "\(outcome)")
    #expect(!outcome.stdout.contains("in one transaction"), "\(outcome)")
    try rig.expectSame(["SELECT count(*) FROM _timescaledb_catalog.chunk"])
  }

  @Test("says what to drop where a restore is half done") func half() async throws {
    let server = try TestServer.one.newest()
    let rig = try await SchemaRig(on: server, setup: Self.setup, administration: Self.administration)
    // A restore that stops in the middle, and is no transaction.
    let manner = ClientDirectory.Manner.instead(
      """
      for word; do
        shift; case "$word" in --single-transaction) continue;; esac; set -- "$@" "$word"
      done
      case "$*" in *version*) exec $program "$@";; esac
      exec $program "$@" --section=pre-data
      """)
    let outcome = try await rig.schema(with: ["pg_restore": manner], exits: nil)
    #expect(outcome.exitCode == 0 || outcome.exitCode == 1, "\(outcome)")
    try rig.targetSession().execute("SELECT timescaledb_pre_restore(); DROP TABLE devices")
    let again = try await rig.schema(exits: 1)
    #expect(again.stderr.contains("half restored: it has table public.readings"), "\(again)")
    #expect(again.stderr.contains("DROP DATABASE \"metrics\" WITH (FORCE)"), "\(again)")
    try rig.target.executeAsSuperuserOfTarget("DROP DATABASE metrics WITH (FORCE)")
    let last = try await rig.schema()
    #expect(last.stdout.contains("The target has the schema"), "\(last)")
  }
}

extension SchemaRig {
  /// Waits until sessions of `schema` in this state are on the target, or none.
  ///
  /// - Parameter session: in no transaction, which would see the same again and again.
  func waitForSessions(
    on session: SQLSession, _ condition: String, areThere wanted: Bool
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    let question =
      "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE '%backfill schema' AND \(condition))"
    while try session.query(question) != [[wanted ? "t" : "f"]] {
      try #require(ContinuousClock.now < deadline, "\(condition)")
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}

extension ScratchDirectory {
  fileprivate func waitForFile(_ name: String) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while !FileManager.default.fileExists(atPath: "\(path)/\(name)") {
      try #require(ContinuousClock.now < deadline, "\(name)")
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}

extension TestCluster {
  fileprivate func executeAsSuperuserOfTarget(_ sql: String) throws {
    try SQLSession(
      connectionString: connectionString(
        database: "postgres", user: "postgres", password: SchemaRig.targetPassword)
    ).execute(sql)
  }
}
