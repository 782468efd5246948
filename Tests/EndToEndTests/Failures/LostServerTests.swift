import TestServers
import Testing

@Suite("A server that goes away in mid-copy", .needsServer) struct LostServerTests {
  /// Which server, and how.
  enum Loss: String, CaseIterable, CustomTestStringConvertible {
    case sourceCrashes
    case targetCrashes
    case targetRestarts
    case sourceCutsInMidCopy
    case targetCutsInMidCopy

    var testDescription: String { rawValue }
  }

  private func tenStaged() async throws -> ProxiedMigration {
    try await ProxiedMigration.stagedHourly(on: #require(TestServer.newest), until: "2024-01-01 10:00Z")
  }

  @Test("is come back to, and every chunk arrives once", arguments: Loss.allCases)
  func survived(loss: Loss) async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: #require(TestServer.newest))
    let running = try await rig.startSlowly()
    switch loss {
    case .sourceCrashes: try await rig.source.cluster.restart(immediate: true)
    case .targetCrashes: try await rig.target.cluster.restart(immediate: true)
    case .targetRestarts: try await rig.target.cluster.restart()
    case .sourceCutsInMidCopy: rig.sourceProxy.cut(afterBytes: 40_000)
    case .targetCutsInMidCopy: rig.targetProxy.cut(afterBytes: 40_000)
    }
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.stderr.contains("connecting again") || outcome.stderr.contains("retry"), "\(outcome)")
    #expect(try rig.target.tasks(where: "worked IS NULL OR attempts > 0") == 0)
    try await rig.expectAllCopied(by: outcome)
  }

  @Test("and stays away, like the other one, is waited for no longer than --retry-budget")
  func goneForGood() async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: #require(TestServer.newest))
    let started = ContinuousClock.now
    let running = try await rig.startSlowly("--retry-budget", "15s")
    for end in ServerEnd.allCases { try await rig.database(at: end).cluster.stop() }
    let gone = ContinuousClock.now
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("connecting again"), "\(outcome)")
    // Twice the budget would be too long.
    #expect(started + outcome.duration - gone < .seconds(27), "\(outcome)")
    for end in ServerEnd.allCases { try await rig.database(at: end).cluster.start() }
    try await rig.run("copy")
    try await rig.run("verify")
    try rig.migration.expectSame("hourly")
  }

  @Test(
    "when it has a COMMIT or just hasn't: the task is done once, and counted",
    arguments: [FaultyProxy.Delivery.delivered, .undelivered, .overtaken])
  func unknownCommit(delivery: FaultyProxy.Delivery) async throws {
    let rig = try await tenStaged()
    // Longer than connecting again takes.
    try rig.target.noteDoneTasks(delayingFirst: delivery == .overtaken ? 2.5 : 0)
    rig.targetProxy.loseAnswer(to: "SET worked =", delivery)
    let outcome = try await rig.backfill.run(["copy", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 10, "\(outcome)")
    #expect(outcome.copiedChunks.count == 10, "\(outcome)")
    #expect(try rig.target.value("SELECT count(*) || ' ' || count(DISTINCT priority) FROM done") == "10 10")
    #expect(outcome.stdout.contains("from 10 chunks"), "\(outcome)")
    try await rig.run("verify")
    try rig.migration.expectSame("hourly", where: "time < '2024-01-01 10:00Z'")
  }

  @Test(
    "when it has a chunk marked as compared or just hasn't: the chunk is counted once, and marked",
    arguments: [FaultyProxy.Delivery.delivered, .undelivered, .overtaken])
  func unknownMark(delivery: FaultyProxy.Delivery) async throws {
    let rig = try await tenStaged()
    try await rig.run("copy")
    try rig.target.noteDoneTasks("verified", delayingFirst: delivery == .overtaken ? 2.5 : 0)
    rig.targetProxy.loseAnswer(to: "SET verified = tstzrange", delivery)
    let outcome = try await rig.backfill.run(["verify", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 0 && outcome.stdout.contains("Verified 10 chunks"), "\(outcome)")
    #expect(try rig.target.value("SELECT count(*) || ' ' || count(DISTINCT priority) FROM done") == "10 10")
    #expect(try rig.target.tasks(where: "verified IS NULL") == 0)
  }

  @Test(
    "when it has a difference recorded or just hasn't: the difference is told",
    arguments: [FaultyProxy.Delivery.delivered, .undelivered])
  func unknownDifference(delivery: FaultyProxy.Delivery) async throws {
    let rig = try await tenStaged()
    try await rig.run("copy")
    try rig.target.execute("DELETE FROM hourly WHERE time = '2024-01-01 03:10Z' AND device = 1")
    rig.targetProxy.loseAnswer(to: "differed_at = clock_timestamp()", delivery)
    let outcome = try await rig.backfill.run(["verify", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 3 && outcome.stderr.contains("1 chunk differs"), "\(outcome)")
    #expect(try rig.target.tasks(where: "differed_at IS NOT NULL AND verified IS NULL") == 1)
    #expect(try rig.target.tasks(where: "verified IS NOT NULL") == 9)
  }

  @Test("takes fewer connections than workers want, and those that wait end with the work")
  func needlessWaiting() async throws {
    let rig = try await tenStaged()
    try rig.source.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT 1")
    let gate = try Gate(closedOn: rig.target)
    let started = ContinuousClock.now
    let running = try rig.backfill.start(["copy", "-p9"])
    try await gate.waitForArrivals(1)
    // By now the others wait for many seconds between their tries.
    try await Task.sleep(for: .seconds(12))
    try gate.open()
    try await running.waitUntilOutput(contains: "[10/10]")
    let allCopied = ContinuousClock.now
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    // The program's own end: this test may be told of it later, when others are busy.
    #expect(started + outcome.duration - allCopied < .seconds(3), "\(outcome)")
  }

  @Test("takes fewer connections than workers want", arguments: ServerEnd.allCases)
  func tooManyConnections(end: ServerEnd) async throws {
    let rig = try await tenStaged()
    let limited = rig.database(at: end)
    try limited.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT 3")
    let outcome = try await rig.backfill.run(["copy", "-p6"])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.copiedChunks.count == 10, "\(outcome)")
    #expect(outcome.stderr.contains("too many connections"), "\(outcome)")
    try limited.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT -1")
    try await rig.run("verify")
  }
}
