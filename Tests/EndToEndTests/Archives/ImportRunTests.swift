import Foundation
import TestServers
import Testing

@Suite("Importing", .needsServer) struct ImportRunTests {
  private func exported(on server: TestServer, _ more: String...) async throws -> ArchiveRig {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    let outcome = try await rig.exporter.run(rig.exportArguments(more))
    #expect(outcome.exitCode == 0, "\(outcome)")
    return rig
  }

  @Test("begun twice at once is staged once, and the second waits for that", arguments: TestServer.one)
  func together(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let importing = ["import", "--input", rig.archive, "-p2"]
    let session = try rig.target.session()
    try session.execute("BEGIN; LOCK TABLE m")
    let first = try rig.importer.start(importing)
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
          AND datname = current_database() AND application_name = 'timescaledb-backfill import')
        """)
    let second = try rig.importer.start(importing)
    try await second.waitUntilOutput(contains: "waiting for it")
    try session.execute("ROLLBACK")
    let outcomes = [try await first.wait(), try await second.wait()]
    for outcome in outcomes { #expect(outcome.exitCode == 0, "\(outcome)") }
    #expect(
      outcomes[1].stderr.contains("queue is locked by \"timescaledb-backfill import\" from"), "\(outcomes[1])"
    )
    #expect(try rig.target.tasks() == 8)
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test("waits for no other command, and stops when it is asked to while it waits", arguments: TestServer.one)
  func busy(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let holder = try rig.target.session()
    try holder.execute(
      "SET application_name = 'timescaledb-backfill clean'; SELECT pg_advisory_lock(x'6261636b66696c6c'::bigint)"
    )
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("in use by \"timescaledb-backfill clean\""), "\(refused)")
    try holder.execute("SET application_name = 'timescaledb-backfill import'")
    let running = try rig.importer.start(["import", "--input", rig.archive])
    try await running.waitUntilOutput(contains: "waiting for it")
    await running.signal(SIGINT)
    let stopped = try await running.wait()
    #expect(stopped.exitCode == 130, "\(stopped)")
    withExtendedLifetime(holder) {}
  }
}
