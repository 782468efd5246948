import Foundation
import TestServers

/// One migration under one schedule of faults.
actor Round {
  let seed: UInt64
  let schedule: Schedule
  let stand: Stand
  let source: TestDatabase
  let target: TestDatabase
  let backfill: BackfillProcess
  /// The copy under way, if any.
  var copy: RunningBackfill?
  /// What ended that copy, if the faults did.
  var wasKilled = false
  var wasInterrupted = false
  var report: RoundReport
  /// Faults that lie in wait.
  var traps: [Trap] = []
  var liveNumber = 0
  /// Live rows by table: those that were sent, and those whose INSERT the target acknowledged.
  var attempted: [String: Set<Int>] = [:]
  var acknowledged: [String: Set<Int>] = [:]

  /// The queue was staged for another window last.
  var needsStaging = false

  init(seed: UInt64, faults: [Fault]? = nil, text: SourceText? = nil, on stand: Stand) async throws {
    self.seed = seed
    self.stand = stand
    schedule = Schedule(seed: seed, isCommunity: stand.server.isCommunity, faults: faults, text: text)
    report = RoundReport(seed: seed)
    source = try await stand.origin(schedule.text).template.clone(name: "round_\(seed)")
    target = try stand.targetTemplate.clone(name: "round_\(seed)")
    backfill = BackfillProcess(
      source: stand.connectionString(to: .source, database: "round_\(seed)"),
      target: stand.connectionString(to: .target, database: "round_\(seed)"))
  }

  /// - Throws: `ChaosFailure` when the migration isn't what it has to be in spite of all; `HarnessError` when
  ///   something else is wrong.
  func run() async throws -> RoundReport {
    let started = ContinuousClock.now
    let before = try await migrate(started)
    try await judge(structureBefore: before)
    try source.drop()
    try target.drop()
    report.duration = ContinuousClock.now - started
    return report
  }

  /// Does all but judging.
  ///
  /// - Returns: the target's structure once it was staged.
  func migrate(_ started: ContinuousClock.Instant = .now) async throws -> Structure {
    stand.sourceProxy.throttle(schedule.rate)
    stand.targetProxy.throttle(schedule.rate)
    try await stage()
    report.phases.append(ContinuousClock.now - started)
    let before = try Structure(of: target)
    for entry in schedule.entries {
      try await ensureCopying()
      try await Task.sleep(for: .milliseconds(entry.delay))
      try await perform(entry.fault)
    }
    report.phases.append(ContinuousClock.now - started)
    try await settle()
    report.phases.append(ContinuousClock.now - started)
    try await finish()
    try countText()
    report.phases.append(ContinuousClock.now - started)
    if schedule.endsWithCrash { try await stand.target.restart(immediate: true) }
    try await verify()
    report.phases.append(ContinuousClock.now - started)
    return before
  }

  private func stage() async throws {
    if let delay = schedule.stageKilledAfter {
      let staging = try backfill.start(Self.stagings[0])
      try await Task.sleep(for: .milliseconds(delay))
      await staging.signal(SIGKILL)
      if try await staging.wait().ending == .signaled(SIGKILL) { report.count("kill -9 of stage") }
    }
    try await stageAll()
  }

  /// Stages what the judge wants, after which nothing else is staged.
  func stageAll() async throws {
    for arguments in Self.stagings {
      try await runToEnd(arguments, tries: 10) { $0.exitCode == 0 }
    }
    needsStaging = false
  }

  static let putBack = "copied chunks put back into the queue"

  static let stagings = [
    staging(until: Ground.until),
    ["stage", "--until", Ground.untilInteger, "--filter", "counted"],
  ]

  static func staging(until: String) -> [String] {
    ["stage", "--until", until, "--filter", Ground.filter, "--split-size", Ground.splitSize]
  }

  /// Starts a copy unless one runs; what has been copied by then is copied again, so that faults always find work.
  func ensureCopying() async throws {
    if let running = copy {
      if await running.isRunning { return }
      try await collect(running)
    }
    let left = try target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL")
    if left == "0" {
      try target.execute(
        "UPDATE __backfill.task SET worked = NULL, verified = NULL WHERE priority % 3 = \(report.copies % 3)")
      report.count(Self.putBack)
    }
    wasKilled = false
    wasInterrupted = false
    copy = try backfill.start(["copy", "-p\(schedule.workers)"])
    report.copies += 1
  }

  /// Looks at how a copy that isn't the last ended: however the faults made it, but not by a fault of its own.
  @discardableResult
  func collect(_ running: RunningBackfill) async throws -> ProcessEnding {
    let outcome = try await running.wait(limit: .seconds(300))
    copy = nil
    try expectNoCrash(outcome, mayBeKilled: wasKilled, mayBeInterrupted: wasInterrupted)
    report.ended(with: outcome.ending)
    return outcome.ending
  }

  func expectNoCrash(
    _ outcome: BackfillProcess.Outcome, mayBeKilled: Bool, mayBeInterrupted: Bool, mayDiffer: Bool = false
  ) throws {
    let isExpected =
      switch outcome.ending {
      case .exited(0), .exited(1): true
      case .exited(3): mayDiffer
      case .exited(130): mayBeInterrupted
      case .signaled(SIGKILL): mayBeKilled
      // It hadn't come as far as to listen to signals.
      case .signaled(SIGTERM), .signaled(SIGINT): mayBeInterrupted && outcome.stdout.isEmpty
      default: false
      }
    guard isExpected else { throw ChaosFailure("ended in a way that it may not: \(outcome)") }
    for secret in [TestCluster.appPassword, "p%40ss", "ss:w/rd", "ss%3Aw"]
    where outcome.stdout.contains(secret) || outcome.stderr.contains(secret) {
      throw ChaosFailure("a password is told: \(outcome)")
    }
  }
}

extension Stand {
  func connectionString(to side: Fault.Side, database: String) -> String {
    let (cluster, proxy) = side == .source ? (source, sourceProxy) : (target, targetProxy)
    return cluster.connectionString(database: database)
      .replacingOccurrences(of: "127.0.0.1:\(cluster.port)/", with: "127.0.0.1:\(proxy.port)/")
  }

  func cluster(_ side: Fault.Side) -> TestCluster { side == .source ? source : target }
  func proxy(_ side: Fault.Side) -> FaultyProxy { side == .source ? sourceProxy : targetProxy }
}

/// The program did what it must never do.
struct ChaosFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
