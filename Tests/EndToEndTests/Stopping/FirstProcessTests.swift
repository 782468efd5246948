import Foundation
import TestServers
import TestTraits
import Testing

/// The program as process 1 of a container: the kernel gives such a process no signal that it doesn't listen to, and nobody
/// else is there to hand one on.
@Suite("As the first process of a container", .needsServer, .needsOwnProcesses)
struct FirstProcessTests {
  /// A copy of two chunks, in flight until the gate opens, in a process namespace of its own.
  private func started(terminal: Terminal? = nil) async throws -> (
    migration: Migration, first: pid_t, running: RunningBackfill, gate: Gate
  ) {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE contained (time timestamptz NOT NULL, device int);
        SELECT create_hypertable('contained', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO contained SELECT t, 1
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let gate = try Gate(closedOn: migration.target)
    let container = BackfillProcess(environment: migration.backfill.environment, binary: "unshare")
    let running = try container.start(
      ["--pid", "--fork", "--kill-child", "--", migration.backfill.binary, "copy", "-p2"],
      terminal: terminal)
    try await gate.waitForArrivals(2)
    let first = try #require(try children(of: running.pid).first)
    return (migration, first, running, gate)
  }

  /// Those of all of its threads, ended ones included.
  private func children(of process: pid_t) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").flatMap { thread in
      try String(contentsOfFile: "/proc/\(process)/task/\(thread)/children", encoding: .utf8)
        .split(separator: " ").compactMap { pid_t($0) }
    }
  }

  @Test("it heeds the first signal, and finishes the chunks in flight", arguments: [SIGTERM, SIGINT])
  func once(signal: Int32) async throws {
    let (migration, first, running, gate) = try await started()
    #expect(kill(first, signal) == 0)
    try await running.waitUntilOutput(contains: "finishing chunks in progress")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 2)
    try await migration.run("copy")
    try migration.expectSame("contained")
  }

  @Test("it heeds Ctrl-C on a terminal, and leaves no process behind")
  func terminal() async throws {
    let (migration, first, running, gate) = try await started(
      terminal: Terminal(columns: 100, rows: 30))
    try await running.type("\u{3}")
    try await running.waitUntilOutput(contains: "finishing chunks in progress")
    // Neither one that runs nor one that has ended and that nobody has asked about.
    #expect(try children(of: first) == [])
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(first)"))
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 2)
  }

  @Test("it heeds the second, and cancels", arguments: [SIGTERM, SIGINT])
  func twice(signal: Int32) async throws {
    let (migration, first, running, gate) = try await started()
    #expect(kill(first, signal) == 0)
    try await running.waitUntilOutput(contains: "finishing chunks in progress")
    #expect(kill(first, signal) == 0)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NOT NULL OR attempts > 0") == 0)
    try gate.open()
  }

  @Test("it leaves with the exit codes that it has elsewhere")
  func codes() async throws {
    let container = BackfillProcess(binary: "unshare")
    let program = BackfillProcess.built
    let asFirst = ["--pid", "--fork", "--kill-child", "--", program]
    #expect(try await container.run(asFirst + ["--version"]).exitCode == 0)
    #expect(try await container.run(asFirst + ["copy"]).exitCode == 2)
    #expect(try await container.run(asFirst + ["clean", "--target=host=/nonexistent"]).exitCode == 1)
  }
}
