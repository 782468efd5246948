import TestServers
import TestTraits
import Testing

/// README's commands, as pasted.
@Suite("README") struct ProcedureTests {
  private static let procedure = "A migration in ten steps"
  private static let meanwhile = ["Tuning", "Stop and resume"]
  private static let files = "Files of CSV"

  @Test("has no commands that are run by no test") func everyBlock() throws {
    let sections = Set(try Readme().blocks.map(\.section))
    // The last two install packages on the machine; CI runs what they do by scripts of its own.
    let known = Set([Self.procedure, Self.files] + Self.meanwhile + ["Try it", "Install"])
    #expect(sections == known)
  }

  @Test(
    "migrates a database by its commands alone", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func procedure(server: TestServer) async throws {
    let rig = try await ProcedureRig(on: server)
    let jobs = try rig.sourceSession().query(ProcedureDatabase.jobs)
    #expect(jobs.map { $0[1] } == ["t", "t", "t", "t"])

    let directory = try ScratchDirectory()
    try directory.write(rig.passwords, to: ".pgpass")
    let outcome = try await ShellScript(try script(rig)).run(in: directory, with: server, environment: [:])
    try #require(outcome.ending == .exited(0), "\(outcome)")
    for secret in [TestCluster.appPassword, ProcedureRig.targetPassword, TestCluster.superuserPassword] {
      #expect(!outcome.output.contains(secret), "a password is told: \(outcome)")
    }
    // The program warns of what the procedure should have settled.
    #expect(!outcome.output.contains("warning: background jobs"), "\(outcome)")
    #expect(!outcome.output.contains("warning: retention"), "\(outcome)")
    #expect(try directory.text(of: "scheduled-while-copying") == "0\n", "\(outcome)")

    let (source, target) = (try rig.sourceSession(), try rig.targetSession())
    for query in ProcedureDatabase.contents {
      let (there, here) = (try source.query(query), try target.query(query))
      #expect(!there.isEmpty, "\(query)")
      #expect(there == here, "\(query)")
    }
    #expect(try target.query(ProcedureDatabase.jobs) == jobs)
    // On the source, retention is off and nothing else has changed.
    var left = jobs
    left[1][1] = "f"
    #expect(try source.query(ProcedureDatabase.jobs) == left)
    #expect(
      try target.query(
        """
        SELECT to_regnamespace('__backfill') IS NULL,
          has_schema_privilege('app', '_timescaledb_internal', 'CREATE'),
          has_table_privilege('app', '_timescaledb_catalog.compression_chunk_size', 'UPDATE')
        """) == [["t", "f", "f"]])
    // What the sequences hand out is new.
    #expect(
      try target.query("INSERT INTO devices (name) VALUES ('the next') RETURNING id") == [["7"]])
  }

  @Test("loads files by its command", .needsServer, arguments: TestServer.ends)
  func files(server: TestServer) async throws {
    let rig = try await LoadRig.on(server)
    let rows = LoadedRows(count: 2000)
    let header = "time,device,value,note\n"
    try rig.file("readings-1.csv.gz", Packing.gzip.packed(Array((header + rows.csv).utf8)))
    let later = header + "2026-01-01 12:30:00+00,1,1,after the window\n"
    try rig.file("readings-2.csv.gz", Packing.gzip.packed(Array(later.utf8)))
    let outcome = try await ShellScript(try Readme().commands(of: Self.files).joined()).run(
      in: rig.directory, with: server, environment: ["BACKFILL_TARGET": rig.target.keywordString])
    try #require(outcome.ending == .exited(0), "\(outcome)")
    try rig.expect(rows)
  }

  /// The procedure's blocks in their order, the blocks on a run under way after copying, and what an application does
  /// meanwhile.
  private func script(_ rig: ProcedureRig) throws -> String {
    let readme = try Readme()
    var script = ""
    for commands in readme.commands(of: Self.procedure) {
      if commands.contains("timescaledb-backfill stage") { script += meanwhile() }
      script += rig.led(commands)
      if commands.contains("timescaledb-backfill copy") {
        script += Self.meanwhile.flatMap(readme.commands).map(waiting).joined()
      }
    }
    return script
  }

  /// Commands that may say by their exit code that work is left, as it is before verify.
  private func waiting(_ commands: String) -> String {
    guard commands.contains("timescaledb-backfill status") else { return commands }
    return "{ \(commands)} || [ $? = 5 ]\n"
  }

  private func meanwhile() -> String {
    func psql(_ name: String, _ sql: String) -> String {
      "psql -X -v ON_ERROR_STOP=1 -d \"$\(name)\" <<'STATEMENTS'\n\(sql)\nSTATEMENTS\n"
    }
    let count = "SELECT count(*) FROM timescaledb_information.jobs WHERE scheduled AND job_id >= 1000"
    return psql("BACKFILL_SOURCE", ProcedureDatabase.dualWrites)
      + psql("BACKFILL_TARGET", ProcedureDatabase.dualWrites)
      + psql("BACKFILL_SOURCE", ProcedureDatabase.laterWrites)
      + "psql -X -At -d \"$TARGET_ADMIN\" -c '\(count)' > scheduled-while-copying\n"
  }
}
