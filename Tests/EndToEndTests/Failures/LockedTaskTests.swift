import Glibc
import TestServers
import Testing

@Suite("A task that something has locked at the end of the work", .needsServer) struct LockedTaskTests {
  private func staged(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  private static let locking = "BEGIN; SELECT FROM __backfill.task WHERE priority = 2 FOR UPDATE"

  private func chunk(_ migration: Migration) throws -> String {
    try migration.target.value(
      "SELECT format('\"%s\".\"%s\"', chunk_schema, chunk_name) FROM __backfill.task WHERE priority = 2")
      ?? "?"
  }

  @Test("by another program is named, and the work isn't called done", arguments: TestServer.one)
  func anotherProgram(server: TestServer) async throws {
    let migration = try await staged(server)
    let name = try chunk(migration)
    for command in ["copy", "verify"] {
      let holder = try migration.target.session()
      try holder.execute(Self.locking)
      let outcome = try await migration.run(command, "-p2", exits: 1)
      for fact in [
        "1 chunk left to \(command)", name, "\"backfill-tests\" of app",
        "(server process \(holder.backendPID))",
      ] {
        #expect(outcome.stderr.contains(fact), "\(fact): \(outcome)")
      }
      let mark = command == "copy" ? "worked" : "verified"
      #expect(try migration.target.tasks(where: "\(mark) IS NOT NULL") == 4)
      try holder.execute("ROLLBACK")
      try await migration.run(command)
      #expect(try migration.target.tasks(where: "\(mark) IS NOT NULL") == 5)
    }
    try migration.expectSame("stated")
  }

  @Test("by a prepared transaction is named", arguments: TestServer.one)
  func prepared(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["max_prepared_transactions": "5"])
    let source = try await server.makeDatabase(setup: QueueStateTests.setup)
    let target = try await cluster.makeDatabase(version: server.timescaleVersion)
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try target.session().execute(Self.locking + "; PREPARE TRANSACTION 'forgotten'")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("the prepared transaction 'forgotten' of app"), "\(outcome)")
    #expect(outcome.stderr.contains(try chunk(migration)), "\(outcome)")
    let status = try await migration.run("status", exits: 5)
    #expect(status.stdout.contains("forgotten"), "\(status)")
    try target.execute("ROLLBACK PREPARED 'forgotten'")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }

  @Test("and lets go of soon is done all the same", arguments: TestServer.one)
  func letsGo(server: TestServer) async throws {
    let migration = try await staged(server)
    let holder = try migration.target.session()
    try holder.execute(Self.locking)
    let running = try migration.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "Waiting for chunk")
    try holder.execute("ROLLBACK")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
  }

  @Test("by another living copy is left to that", arguments: TestServer.one)
  func anotherCopy(server: TestServer) async throws {
    let migration = try await staged(server)
    let (first, gate) = try await migration.startAtGate(workers: 5)
    let second = try await migration.run("copy", "-p2")
    #expect(second.stdout.contains("5 chunks that another copy is working on"), "\(second)")
    try gate.open()
    #expect(try await first.wait().exitCode == 0)
    try await migration.run("verify")
    try migration.expectSame("stated")
  }

  @Test("by a copy whose machine stands still is named", arguments: TestServer.one)
  func frozenCopy(server: TestServer) async throws {
    let migration = try await staged(server)
    let (frozen, gate) = try await migration.startAtGate(workers: 5)
    await frozen.signal(SIGSTOP)
    // Longer than a living run is silent.
    try await migration.target.wait(
      until: """
        bool_and(query_start < clock_timestamp() - interval '15.5 seconds') FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'timescaledb-backfill copy'
        """)
    let outcome = try await migration.run("copy", "-p2", exits: 1)
    #expect(outcome.stderr.contains("5 chunks left to copy"), "\(outcome)")
    #expect(outcome.stderr.contains("locked by \"timescaledb-backfill copy\" of app"), "\(outcome)")
    await frozen.signal(SIGCONT)
    try gate.open()
    #expect(try await frozen.wait().exitCode == 0)
  }

  @Test("that the target forgot in a crash after the last commit is copied again", arguments: TestServer.one)
  func crash(server: TestServer) async throws {
    // Commits that nobody waits for stay in memory, as nothing else commits and the process is stopped that would write them.
    let cluster = try await server.dedicatedCluster(extraSettings: [
      "synchronous_commit": "on", "autovacuum": "off",
    ])
    let source = try await server.makeDatabase(setup: QueueStateTests.setup)
    let target = try await cluster.makeDatabase(version: server.timescaleVersion)
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try cluster.suspend("walwriter")
    // Holds up the commit that is to make them safe.
    let holder = try target.session()
    try holder.execute("BEGIN; SELECT FROM __backfill.session FOR UPDATE")
    let running = try migration.backfill.start(["copy", "-p1"])
    try await target.wait(
      until: """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND query LIKE '%created_at = created_at%' AND pid <> pg_backend_pid())
        """)
    try await cluster.restart(immediate: true)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.copiedChunks.count > 5, "the crash lost nothing: \(outcome)")
    #expect(try target.tasks(where: "worked IS NULL") == 0)
    try await migration.run("verify")
    try migration.expectSame("stated")
  }
}
