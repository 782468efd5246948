import Foundation
import TestServers
import Testing

@Suite("The run history", .needsServer) struct RunHistoryTests {
  private func history(_ migration: Migration, _ columns: String) throws -> [[String?]] {
    try migration.target.query("SELECT \(columns) FROM __backfill.run ORDER BY id")
  }

  @Test("has a line for each run: what, by whom, when, how it went", arguments: TestServer.one)
  func lines(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let version = try await migration.run("--version").stdout.split(separator: " ").last?.split(
      separator: "\n"
    ).first
    try await migration.run("stage", "--until", "2024-02-01", "--filter", "stated")
    try migration.target.execute("ALTER TABLE stated ADD CONSTRAINT bad CHECK (time <> '2024-01-03 05:00Z')")
    try await migration.run("copy", "-p2", exits: 1)
    try migration.target.execute("ALTER TABLE stated DROP CONSTRAINT bad")
    try await migration.run("copy", "--max-rate=1GB", workers: nil)
    try migration.target.execute("UPDATE stated SET value = -1 WHERE time = '2024-01-02Z'")
    try await migration.run("verify", exits: 3, workers: nil)
    try await migration.run("refresh-caggs")
    #expect(
      try history(migration, "command, options, outcome, chunks, rows, failures") == [
        ["stage", "--until=2024-02-01 --filter=stated", "done", "5", "0", "0"],
        ["copy", "--parallelism=2", "done, not all well", "4", "73", "1"],
        ["copy", "--max-rate=1GB", "done", "1", "24", "0"],
        ["verify", "", "done, not all well", "5", "73", "0"],
        ["refresh-caggs", "", "done", "0", "0", "0"],
      ])
    let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8).split(separator: "\n")
      .first
    let rest = try history(
      migration,
      "version, host, process > 0, started <= ended AND ended <= now(), (bytes > 0) = (command = 'copy')")
    for line in rest {
      #expect(line == [version.map(String.init), host.map(String.init), "t", "t", "t"])
    }
    let databases = try history(
      migration,
      """
      source ->> 'database', target ->> 'database', source ->> 'user', target ->> 'timescaledb_version' = (
        SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'), source ? 'postgres_version',
        (target ->> 'address') ~ ':[0-9]+$', name IS NOT NULL = (command IN ('copy', 'verify'))
      """)
    for line in databases {
      #expect(
        line == [migration.source.name, migration.target.name, TestCluster.appUser, "t", "t", "t", "t"])
    }
    // Each task names the runs that have done it, and remembers what went wrong.
    #expect(
      try migration.target.query(
        """
        SELECT c.id, v.id, count(*) FROM __backfill.task AS t
        LEFT JOIN __backfill.run AS c ON c.name = t.copied_by LEFT JOIN __backfill.run AS v ON v.name = t.verified_by
        GROUP BY 1, 2 ORDER BY 1, 2
        """) == [["2", "4", "3"], ["2", nil, "1"], ["3", "4", "1"]])
    #expect(
      try migration.target.query(
        """
        SELECT i.kind, i.work, r.id FROM __backfill.incident AS i JOIN __backfill.run AS r ON r.name = i.run
        ORDER BY i.id
        """) == [["failed", "copy", "2"], ["differed", "verify", "4"]])
    // A run that had nothing to do is none.
    try await migration.run("copy")
    #expect(try history(migration, "id").count == 5)
  }

  @Test("leaves a killed run without an end, and tells of a stop", arguments: TestServer.one)
  func killed(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let (killed, gate) = try await migration.startAtGate(workers: 1)
    await killed.signal(SIGKILL)
    _ = try await killed.wait()
    let stopped = try migration.backfill.start(["copy", "-p1"])
    try await migration.target.wait(until: "count(*) = 3 FROM __backfill.run")
    await stopped.signal(SIGINT)
    try await stopped.waitUntilOutput(contains: "press Ctrl-C again")
    try gate.open()
    #expect(try await stopped.wait().exitCode == 130)
    #expect(
      try history(migration, "command, process, outcome, ended IS NULL").dropFirst() == [
        ["copy", "\(killed.pid)", nil, "t"], ["copy", "\(stopped.pid)", "stopped", "f"],
      ])
  }

  @Test("tells of a run that was stopped by two signals", arguments: TestServer.one)
  func cancelled(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let (running, gate) = try await migration.startAtGate(workers: 2)
    await running.signal(SIGINT)
    try await running.waitUntilOutput(contains: "press Ctrl-C again")
    await running.signal(SIGINT)
    #expect(try await running.wait().exitCode == 130)
    try gate.open()
    let last = try history(migration, "command, outcome, ended >= started, chunks, failures").last
    #expect(last == ["copy", "stopped", "t", "0", "0"])
  }

  @Test("counts while the run goes on, and names the session that has the queue", arguments: TestServer.one)
  func counting(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let gate = try Gate(closedOn: migration.target, when: "NEW.priority = 5")
    let running = try migration.backfill.start(["copy", "-p1"])
    try await gate.waitForArrivals(1)
    try await migration.target.wait(
      until: """
        EXISTS (SELECT FROM __backfill.run WHERE command = 'copy' AND ended IS NULL AND process = \(running.pid)
          AND chunks = 4 AND rows > 0 AND bytes > 0 AND failures = 0)
        """)
    let refused = try await migration.run("clean", exits: 1)
    let backend = try migration.target.value("SELECT backend FROM __backfill.run WHERE command = 'copy'")
    #expect(refused.stderr.contains("(server process \(backend ?? "?"))"), "\(refused)")
    try gate.open()
    #expect(try await running.wait().exitCode == 0)
  }
}
