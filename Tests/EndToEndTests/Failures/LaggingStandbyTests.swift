import TestServers
import Testing

/// A primary, its standby, and a target elsewhere.
private struct Rig {
  let primary: TestDatabase
  let standby: TestCluster
  /// From the primary.
  let migration: Migration
  /// From the standby.
  let following: Migration

  init(_ server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    primary = try await cluster.makeDatabase(version: server.timescaleVersion, setup: QueueStateTests.setup)
    standby = try await cluster.standby(extraSettings: ["hot_standby": "on"])
    try await cluster.waitUntilReplayed(on: standby)
    let target = try await server.makeDatabase()
    try await primary.dumpSchema(into: target)
    migration = Migration(from: primary, to: target)
    following = Migration(from: standby.database(like: primary), to: target)
  }

  /// Rows that stop short of the standby: in a new chunk, and in one that is there.
  func writeLate() throws {
    try primary.execute("INSERT INTO stated VALUES ('2024-01-02 00:30Z', 2), ('2024-01-09Z', 2)")
  }
}

@Suite("A source that is behind what was staged", .needsServer) struct LaggingStandbyTests {
  @Test("being a standby, is waited for, and no late row is left out", arguments: TestServer.one)
  func waits(server: TestServer) async throws {
    let rig = try await Rig(server)
    try rig.standby.executeAsSuperuser("SELECT pg_wal_replay_pause()")
    try rig.writeLate()
    try await rig.migration.run("stage", "--until", "2024-02-01")
    let running = try rig.following.backfill.start(["copy", "-p2"])
    try await running.waitUntilOutput(contains: "this standby has not replayed all that was there at staging")
    #expect(try rig.migration.target.tasks(where: "worked IS NOT NULL") == 0)
    try rig.standby.executeAsSuperuser("SELECT pg_wal_replay_resume()")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stderr.ranges(of: "has not replayed").count == 1, "\(outcome)")
    try await rig.following.run("verify")
    try rig.migration.expectSame("stated")
    #expect(try rig.migration.target.value("SELECT count(*) FROM stated WHERE value = 2") == "2")
  }

  @Test("being a standby, isn't waited for longer than the retry budget", arguments: TestServer.one)
  func givesUp(server: TestServer) async throws {
    let rig = try await Rig(server)
    try rig.standby.executeAsSuperuser("SELECT pg_wal_replay_pause()")
    try rig.writeLate()
    try await rig.migration.run("stage", "--until", "2024-02-01")
    for command in ["copy", "verify"] {
      let outcome = try await rig.following.run(command, "--retry-budget", "1s", exits: 1)
      #expect(outcome.stderr.contains("has not replayed all that was there at staging"), "\(outcome)")
    }
    #expect(try rig.migration.target.tasks(where: "worked IS NOT NULL OR attempts > 0") == 0)
  }

  @Test("being a standby that the run fails over to, is waited for by its workers", arguments: TestServer.one)
  func failover(server: TestServer) async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: server)
    let standby = try await rig.source.cluster.standby(extraSettings: ["hot_standby": "on"])
    try await rig.source.cluster.waitUntilReplayed(on: standby)
    try standby.executeAsSuperuser("SELECT pg_wal_replay_pause()")
    try rig.source.execute("INSERT INTO hourly VALUES ('2024-01-02 00:30Z', 99, 'late')")
    try await rig.run("stage", "--until", "2024-02-01")
    let running = try await rig.startSlowly()
    rig.sourceProxy.lead(to: standby.port)
    rig.sourceProxy.cutAll()
    try await running.waitUntilOutput(contains: "this standby has not replayed all that was there at staging")
    rig.throttle(nil)
    try standby.executeAsSuperuser("SELECT pg_wal_replay_resume()")
    let outcome = try await running.wait()
    try await rig.expectAllCopied(by: outcome)
  }

  @Test("being a primary without the last transactions, is refused", arguments: TestServer.one)
  func promoted(server: TestServer) async throws {
    let rig = try await Rig(server)
    try rig.standby.executeAsSuperuser("SELECT pg_promote()")
    // More than a promotion writes itself.
    try rig.primary.execute("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
    try rig.writeLate()
    try await rig.migration.run("stage", "--until", "2024-02-01")
    for arguments in [["copy"], ["verify"], ["stage", "--until", "2024-02-01"]] {
      let outcome = try await rig.following.backfill.run(arguments)
      #expect(outcome.exitCode == 1, "\(outcome)")
      #expect(
        outcome.stderr.contains("which it had reached at staging")
          || outcome.stderr.contains("its write-ahead log was at"),
        "\(outcome)")
    }
    #expect(try rig.migration.target.tasks(where: "worked IS NOT NULL OR attempts > 0") == 0)
    try await rig.migration.copyAndVerify()
    try rig.migration.expectSame("stated")
  }
}
