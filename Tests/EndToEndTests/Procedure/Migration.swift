import TestServers
import Testing

/// The program, pointed at a source and a target.
protocol CommandRunner {
  var target: TestDatabase { get }
  var backfill: BackfillProcess { get }
}

extension CommandRunner {
  /// Runs a command that has to end with this exit code, and never to tell a password.
  ///
  /// - Parameter workers: how many copy or verify, unless the arguments say so; nil for as many as the program takes. Each
  ///   connects to both servers before it looks for a task, which takes them longer than most tasks here.
  @discardableResult
  func run(
    _ arguments: String..., exits code: Int32 = 0, workers: Int? = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let number = workers.flatMap { takesWorkers(arguments) ? ["-p\($0)"] : nil } ?? []
    let outcome = try await backfill.run(arguments + number)
    #expect(outcome.exitCode == code, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    return outcome
  }

  private func takesWorkers(_ arguments: [String]) -> Bool {
    ["copy", "verify"].contains(arguments.first)
      && !arguments.contains { $0.hasPrefix("-p") || $0.hasPrefix("--par") }
  }

  /// Starts a command, each of whose workers has a task in flight that waits until the gate opens.
  func startAtGate(
    _ command: String = "copy", workers: Int, terminal: Terminal? = nil
  ) async throws -> (running: RunningBackfill, gate: Gate) {
    let gate = try Gate(closedOn: target)
    let running = try backfill.start([command, "-p\(workers)"], terminal: terminal)
    try await gate.waitForArrivals(workers)
    return (running, gate)
  }
}

/// A source and a target, and the program pointed at both.
struct Migration: CommandRunner {
  let source: TestDatabase
  let target: TestDatabase
  let backfill: BackfillProcess

  init(from source: TestDatabase, to target: TestDatabase) {
    self.source = source
    self.target = target
    backfill = BackfillProcess(source: source.connectionString, target: target.keywordString)
  }

  /// A source made by `setup`, and a target with the source's schema or, if given, what `targetSetup` makes.
  static func on(
    _ server: TestServer, setup: String, targetSetup: String? = nil
  ) async throws -> Migration {
    try await MigrationOriginals.shared.copy(
      of: .init(server: server, setup: setup, targetSetup: targetSetup))
  }

  /// Runs copy and verify over all that is staged.
  func copyAndVerify(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await run("copy", "-p3", sourceLocation: sourceLocation)
    try await run("verify", "-p3", sourceLocation: sourceLocation)
  }

  /// Expects the same rows on both sides.
  func expectSame(
    _ relation: String, where condition: String = "true", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let there = try source.contents(of: relation, where: condition)
    let here = try target.contents(of: relation, where: condition)
    #expect(there == here, "\(relation) where \(condition)", sourceLocation: sourceLocation)
  }
}

/// The tests' password must not be in any output, in no form that it has in a connection string.
func expectNoSecret(
  _ outcome: BackfillProcess.Outcome, sourceLocation: SourceLocation = #_sourceLocation
) {
  for secret in [TestCluster.appPassword, "p%40ss", "ss:w/rd", "ss%3Aw"] {
    let isTold = outcome.stdout.contains(secret) || outcome.stderr.contains(secret)
    #expect(!isTold, "a password is told: \(outcome)", sourceLocation: sourceLocation)
  }
}

extension TestDatabase {
  /// Runs the statements by which verify says that rows which only the target has are deleted.
  func deleteStrays(asToldBy outcome: BackfillProcess.Outcome) throws {
    let statements = try #require(outcome.stderr.firstMatch(of: /DELETE FROM .*/), "\(outcome)").output
    try execute(String(statements))
  }
}
