import Glibc
import TestServers
import Testing

/// A way of asking the program to stop.
struct StopRequest: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var terminal: Terminal?
  /// nil where Ctrl-C is typed.
  var signal: Int32?

  static let all = [
    StopRequest(testDescription: "SIGINT", signal: SIGINT),
    StopRequest(testDescription: "SIGTERM", signal: SIGTERM),
    StopRequest(testDescription: "Ctrl-C on a terminal", terminal: Terminal(columns: 100, rows: 30)),
  ]

  func send(_ running: RunningBackfill) async throws {
    if let signal { await running.signal(signal) } else { try await running.type("\u{3}") }
  }
}

@Suite("Stopping", .needsServer) struct StopTests {
  /// Six chunks, staged.
  private func staged() async throws -> Migration {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE stopped (time timestamptz NOT NULL, device int);
        SELECT create_hypertable('stopped', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO stopped SELECT t, d
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-06 23:00Z', '1 hour') AS t, generate_series(1, 9) AS d;
        """)
    try migration.target.execute("INSERT INTO stopped VALUES ('2024-01-06 00:30Z', -1)")
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  /// A command that has heard of the request once, with tasks in flight that wait until the gate opens.
  private func stopping(
    _ migration: Migration, _ command: String = "copy", by request: StopRequest, workers: Int
  ) async throws -> (running: RunningBackfill, gate: Gate) {
    let (running, gate) = try await migration.startAtGate(
      command, workers: workers, terminal: request.terminal)
    try await request.send(running)
    try await running.waitUntilOutput(contains: "finishing chunks in progress")
    return (running, gate)
  }

  @Test("once finishes the chunks in flight; the next copy goes on", arguments: StopRequest.all)
  func once(request: StopRequest) async throws {
    let migration = try await staged()
    let (running, gate) = try await stopping(migration, by: request, workers: 2)
    #expect(await running.isRunning)
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect((outcome.stdout + outcome.stderr).contains("stopped with 4 chunks left to copy"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 2)
    let next = try await migration.run("copy")
    #expect(next.copiedChunks.count == 4, "\(next)")
    try await migration.run("verify")
    try migration.expectSame("stopped")
  }

  @Test("once, when what is in flight is all the work there is, is success", arguments: StopRequest.all)
  func onceAtTheEnd(request: StopRequest) async throws {
    let migration = try await staged()
    let (running, gate) = try await stopping(migration, by: request, workers: 6)
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try migration.expectSame("stopped")
  }

  @Test("twice cancels at once, and what is in flight rolls back", arguments: StopRequest.all)
  func twice(request: StopRequest) async throws {
    let migration = try await staged()
    let (running, gate) = try await stopping(migration, by: request, workers: 2)
    // While the gate is closed: nothing was waited for.
    try await request.send(running)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    try await gate.waitForArrivals(0)
    #expect(try migration.target.tasks(where: "worked IS NOT NULL OR attempts > 0") == 0)
    #expect(try migration.target.query("SELECT device FROM stopped") == [["-1"]])
    try gate.open()
    try await migration.copyAndVerify()
    try migration.expectSame("stopped")
  }

  @Test("verify once leaves the rest unverified, to go on with", arguments: [StopRequest.all[0]])
  func verify(request: StopRequest) async throws {
    let migration = try await staged()
    try await migration.run("copy")
    let (running, gate) = try await stopping(migration, "verify", by: request, workers: 2)
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 2)
    try await migration.run("verify")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 6)
  }

  @Test("stage twice leaves no queue", arguments: [StopRequest.all[0]])
  func stage(request: StopRequest) async throws {
    let migration = try await staged()
    try await migration.run("clean", "--force")
    let holder = try migration.target.session()
    try holder.execute(
      "BEGIN; LOCK TABLE _timescaledb_catalog.hypertable IN ACCESS SHARE MODE; CREATE SCHEMA __backfill")
    let running = try migration.backfill.start(["stage", "--until", "2024-02-01"])
    try await migration.target.wait(
      until: """
        count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND application_name LIKE 'timescaledb-backfill stage%'
        """)
    try await request.send(running)
    try await running.waitUntilOutput(contains: "press Ctrl-C again")
    try await request.send(running)
    let outcome = try await running.wait(limit: .seconds(60))
    #expect(outcome.exitCode == 130, "\(outcome)")
    try holder.execute("ROLLBACK")
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
  }
}
