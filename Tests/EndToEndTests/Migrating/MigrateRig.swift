import TestServers
import Testing

/// A database that is to be migrated to an empty server, and `migrate` as an administrator runs it.
struct MigrateRig {
  /// Of the history that is there before.
  static let until = ["--until", "2026-01-01T12:30:00Z", "--until", "public.events=1000000"]

  let schema: SchemaRig
  private let programs: ClientDirectory
  /// How the target is reached; nil as its superuser.
  var target: String?

  init(on server: TestServer) async throws {
    schema = try await SchemaRig(
      on: server, setup: MovedDatabase.setup + (server.isCommunity ? MovedDatabase.communitySetup : []),
      administration: MovedDatabase.administration)
    programs = try ClientDirectory(of: server)
  }

  func words(_ arguments: [String]) -> [String] {
    ["migrate", "--pg-bin", programs.path, "-p2"] + arguments
  }

  func migrate(
    _ arguments: [String], exits code: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let outcome = try await schema.process(target: target).run(words(arguments))
    #expect(outcome.exitCode == code, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
    schema.expectNoPassword(in: outcome, sourceLocation: sourceLocation)
    return outcome
  }

  func start(_ arguments: [String], terminal: Terminal? = nil) throws -> RunningBackfill {
    try schema.process(target: target).start(words(arguments), terminal: terminal)
  }

  func talk(_ arguments: [String] = []) throws -> Conversation {
    Conversation(try start(arguments, terminal: Terminal(columns: 200, rows: 50)))
  }

  /// What an application writes to both sides from the completion point on.
  func writeToBoth() throws {
    for session in [try schema.sourceSession(), try schema.targetSession()] {
      try session.execute(
        """
        INSERT INTO readings
        SELECT t, d, -1 FROM generate_series('2026-01-01 12:30Z'::timestamptz, '2026-01-01 14:00Z', '10 minutes') AS t,
          generate_series(1, 3) AS d;
        INSERT INTO events SELECT n, 'both' FROM generate_series(1000000, 1002000, 500) AS n;
        """)
    }
  }

  /// Told by the databases themselves, whatever the program says.
  func expectMigrated(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let isCommunity = schema.server.isCommunity
    try schema.expectSame(
      isCommunity ? MovedDatabase.contents : Array(MovedDatabase.contents.prefix(3)),
      sourceLocation: sourceLocation)
    let target = try schema.targetSession()
    #expect(
      try target.query("SELECT to_regnamespace('__backfill') IS NULL") == [["t"]],
      sourceLocation: sourceLocation)
    #expect(
      try target.query("SELECT has_schema_privilege('app', '_timescaledb_internal', 'CREATE')") == [["f"]],
      sourceLocation: sourceLocation)
  }

  /// How many of the target's jobs are on.
  func jobsOn() throws -> [[String?]] {
    try schema.targetSession().query(
      "SELECT count(*) FROM _timescaledb_config.bgw_job WHERE scheduled AND id >= 1000")
  }
}

/// Questions and answers at a terminal.
actor Conversation {
  nonisolated let program: RunningBackfill
  private var answered = 0

  init(_ program: RunningBackfill) { self.program = program }

  /// What was said since the last answer.
  private var latest: Substring { program.output.dropFirst(answered) }

  /// Waits for the next question.
  ///
  /// - Returns: all that was said before it since the last answer, with the question; nil if the program ends first.
  func question() async throws -> String? {
    let deadline = ContinuousClock.now + .seconds(240)
    while true {
      let wasRunning = await program.isRunning
      let said = latest
      if said.hasSuffix("] ") || said.hasSuffix("]: ") { return String(said) }
      guard wasRunning else { return nil }
      guard ContinuousClock.now < deadline else {
        throw NeverHappened(question: "a question: \(program.output)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  func answer(_ text: String) async throws {
    answered = program.output.count
    try await program.type(text)
  }

  /// Expects a question about something, and answers it.
  ///
  /// - Returns: what was said before it.
  @discardableResult
  func expect(
    _ about: String, _ text: String = "\n", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let question = try await question()
    let asked = try #require(question, "ended: \(program.output)", sourceLocation: sourceLocation)
    try #require(asked.contains(about), "\(about) expected: \(asked)", sourceLocation: sourceLocation)
    try await answer(text)
    return asked
  }
}
