import Foundation
import TestServers

extension Round {
  /// Does the worst. Counted is what had an effect; what had none, or couldn't be done as the fault before still has its
  /// effect, is noted and no failure.
  func perform(_ fault: Fault) async throws {
    do {
      if try await inflict(fault) {
        report.count(fault.kind)
      } else if !fault.isTrap {
        report.missed.append("\(fault.kind): nobody was hit")
      }
    } catch let failure as ChaosFailure {
      throw failure
    } catch {
      report.missed.append("\(fault.kind): \("\(error)".prefix(200))")
    }
  }

  /// - Returns: whether it had an effect. That of a trap shows later (`countTraps`).
  private func inflict(_ fault: Fault) async throws -> Bool {
    switch fault {
    case .killTool: return try await signalCopy([SIGKILL])
    case .interruptTool(let twice): return try await signalCopy(twice ? [SIGTERM, SIGTERM] : [SIGINT])
    case .secondCopy(let milliseconds):
      let second = try backfill.start(["copy", "-p2"])
      try await Task.sleep(for: .milliseconds(milliseconds))
      await second.signal(SIGKILL)
      return try await second.wait().ending == .signaled(SIGKILL)
    case .stageAgain:
      // Refused while the copy runs, and nothing new otherwise.
      let outcome = try await backfill.run(Self.stagings[0], limit: .seconds(120))
      try expectNoCrash(outcome, mayBeKilled: false, mayBeInterrupted: false)
      return true
    case .cutAll(let side, let abruptly):
      let connections = stand.proxy(side).connections
      stand.proxy(side).cutAll(abruptly ? .abruptly : .politely)
      return connections > 0
    case .cutAfter(let side, let bytes):
      setTrap(fault)
      stand.proxy(side).cut(afterBytes: bytes)
      return false
    case .loseCommitAnswer(let delivered):
      let delivery = delivered ? FaultyProxy.Delivery.delivered : .undelivered
      setTrap(fault)
      stand.targetProxy.loseAnswer(to: "SET worked =", delivery)
      return false
    case .silence(let side, let milliseconds):
      let connections = stand.proxy(side).connections
      stand.proxy(side).hold()
      defer { stand.proxy(side).release() }
      try await Task.sleep(for: .milliseconds(milliseconds))
      return connections > 0
    case .fillDisk(let milliseconds):
      let disk = try stand.disk.get()
      let told = stand.target.log().count
      try disk.fill()
      defer { disk.empty() }
      try await Task.sleep(for: .milliseconds(milliseconds))
      return stand.target.log().dropFirst(told).contains("No space left on device")
    case .restart, .pause, .terminateBackends, .cancelStatements, .statementTimeout, .lockTimeout,
      .connectionLimit:
      return try await strike(fault)
    default: return try await change(fault)
    }
  }

  /// Signals the copy, and waits for its end: a copy that is just being killed doesn't count as running.
  private func signalCopy(_ signals: [Int32]) async throws -> Bool {
    guard let running = copy, await running.isRunning else { return false }
    wasKilled = signals == [SIGKILL]
    wasInterrupted = !wasKilled
    for signal in signals {
      await running.signal(signal)
      // Taken one by one: two at the same time are one.
      if signals.count > 1 { try await Task.sleep(for: .milliseconds(50)) }
    }
    let ending = try await collect(running)
    return ending != .exited(0)
  }

  /// What happens to servers and sessions.
  private func strike(_ fault: Fault) async throws -> Bool {
    switch fault {
    case .restart(let side):
      let connections = stand.proxy(side).connections
      try await stand.cluster(side).restart(immediate: true)
      return connections > 0
    case .pause(let side, let milliseconds):
      let connections = stand.proxy(side).connections
      try stand.cluster(side).pause()
      try? await Task.sleep(for: .milliseconds(milliseconds))
      try stand.cluster(side).resume()
      return connections > 0
    case .terminateBackends(let side, let all):
      return try signalBackends("pg_terminate_backend", side, all: all) > 0
    case .cancelStatements(let side):
      return try signalBackends("pg_cancel_backend", side, all: true) > 0
    case .statementTimeout(let side, let milliseconds):
      return try await withRole(
        "SET statement_timeout = \(milliseconds)", undo: "RESET statement_timeout", side)
    case .lockTimeout(let side):
      return try await withRole("SET lock_timeout = 1", undo: "RESET lock_timeout", side)
    case .connectionLimit(let side):
      return try await withRole("CONNECTION LIMIT 1", undo: "CONNECTION LIMIT -1", side)
    default: return false
    }
  }

  /// - Returns: how many sessions got the signal.
  private func signalBackends(_ function: String, _ side: Fault.Side, all: Bool) throws -> Int {
    let database = side == .source ? source : target
    let found = try SQLSession(connectionString: database.superuserConnectionString).query(
      """
      SELECT count(*) FILTER (WHERE \(function)(pid)) FROM (
        SELECT pid FROM pg_stat_activity
        WHERE application_name LIKE 'timescaledb-backfill%' AND datname = current_database()
        ORDER BY md5(pid::text || '\(seed)') \(all ? "" : "LIMIT 1")) AS s
      """)
    return Int(found.first?.first.flatMap { $0 } ?? "") ?? 0
  }

  /// Alters the role the program uses; for new sessions, so those there are end.
  private func withRole(_ setting: String, undo: String, _ side: Fault.Side) async throws -> Bool {
    let cluster = stand.cluster(side)
    try cluster.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) \(setting)")
    defer { try? cluster.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) \(undo)") }
    let ended = try signalBackends("pg_terminate_backend", side, all: false)
    try await Task.sleep(for: .milliseconds(400))
    return ended > 0
  }
}
