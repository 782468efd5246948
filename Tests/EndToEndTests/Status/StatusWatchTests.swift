import Glibc
import TestServers
import Testing

@Suite("status --watch", .needsServer) struct StatusWatchTests {
  private func watch(_ target: String, _ arguments: String..., terminal: Terminal? = nil) throws
    -> RunningBackfill
  {
    try BackfillProcess(environment: ["BACKFILL_TARGET": target]).start(
      ["status"] + arguments, terminal: terminal)
  }

  @Test(
    "goes with the queue from state to state, and leaves with the last one's code", arguments: TestServer.one)
  func pipe(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let watching = try watch(migration.target.connectionString, "--watch=0.2")
    try await watching.waitUntilOutput(contains: "Nothing is staged on this target")
    try await migration.run("stage", "--until", "2024-02-01")
    try await watching.waitUntilOutput(contains: "Waiting: 5 tasks left to copy, and nobody is on it")
    let (running, gate) = try await migration.startAtGate(workers: 2)
    try await watching.waitUntilOutput(contains: "Running: copy")
    try gate.open()
    #expect(try await running.wait().exitCode == 0)
    try await watching.waitUntilOutput(contains: "Waiting: 5 tasks left to verify, and nobody is on it")
    await watching.signal(SIGINT)
    let outcome = try await watching.wait()
    #expect(outcome.exitCode == 5, "\(outcome)")
    #expect(outcome.stderr.isEmpty, "\(outcome)")
    #expect(!outcome.stdout.contains("\u{1B}"))
  }

  @Test("is drawn in place on a terminal, and Ctrl-C leaves it", arguments: [80, 120])
  func terminal(columns: Int) async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let watching = try watch(
      migration.target.connectionString, "--watch=0.2", terminal: Terminal(columns: UInt16(columns), rows: 30)
    )
    try await watching.waitUntilOutput(contains: "5 tasks left to copy")
    try await migration.run("copy")
    try await watching.waitUntilOutput(contains: "5 tasks left to verify")
    try await watching.type("\u{3}")
    let outcome = try await watching.wait()
    #expect(outcome.exitCode == 5, "\(outcome)")
    #expect(outcome.stdout.contains("\u{1B}["))
    #expect(outcome.stdout.hasSuffix("Next: timescaledb-backfill verify\r\n"), "\(outcome)")
  }

  @Test("says that the target is away, and goes on when it is back", arguments: TestServer.one)
  func lost(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster()
    let target = try await cluster.makeDatabase(version: server.timescaleVersion)
    let watching = try watch(target.connectionString, "--watch=0.2")
    try await watching.waitUntilOutput(contains: "Nothing is staged")
    try await cluster.stop()
    try await watching.waitUntilOutput(contains: "The target has not answered for ")
    try await cluster.start()
    try target.execute("CREATE TABLE back (x int)")
    let before = watching.output.count
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      if watching.output.dropFirst(before).contains("target: 127.0.0.1") { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    await watching.signal(SIGTERM)
    let outcome = try await watching.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
  }

  @Test("is a mistake where the target can't be asked at all") func unreachable() async throws {
    let outcome = try await BackfillProcess(environment: ["BACKFILL_TARGET": "host=/nonexistent"]).run([
      "status", "--watch",
    ])
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.hasPrefix("error: target: connecting"), "\(outcome)")
  }
}
