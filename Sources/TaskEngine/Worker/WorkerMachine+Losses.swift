import ChunkCatalog
import Postgres

/// What is done when sessions are lost, with a task or without one.
extension WorkerMachine {
  /// The session is gone with a task in flight. A connection that was lost counts against the task.
  mutating func lose(_ lost: Unsettled, after error: PostgresError, _ run: Circumstances) -> Action {
    guard error.kind == .connectionLost else { return keep(lost, blaming: nil, after: error, run) }
    state = .losing(lost, error: error)
    return .step(.noteLoss(of: lost.task))
  }

  /// - Parameter isTooMany: sessions were lost with the task so often that it is taken for the reason.
  mutating func lossNoted(
    _ lost: Unsettled, isTooMany: Bool, after error: PostgresError, _ run: Circumstances
  ) -> Action {
    if isTooMany, let failed = lost.failing { return giveUp(failed, after: error, run) }
    return keep(lost, blaming: isTooMany ? error : nil, after: error, run)
  }

  private mutating func keep(
    _ lost: Unsettled, blaming cause: PostgresError?, after error: PostgresError, _ run: Circumstances
  ) -> Action {
    if let cause { blamed[lost.task.priority] = TaskFailure(cause) }
    unsettled.append(lost)
    return disconnect(after: error, run)
  }

  /// The queue can't be written to, in a way that neither time nor another session would mend: the failure is told all the
  /// same.
  mutating func giveUp(_ failed: Failed, after error: PostgresError, _ run: Circumstances) -> Action {
    report(.failed(failed), then: .finishing(.failed(error)), run)
  }

  /// What prepares a session looks at the queue, where others may be in the way for a moment, as a claim's statements may
  /// find them.
  mutating func connectionFailed(_ error: PostgresError, _ run: Circumstances) -> Action {
    disconnect(after: error, run, mayPass: error.isTransient || error.sqlState == SQLState.queryCanceled)
  }

  /// Gives the sessions up, and connects again after a wait where that may help.
  ///
  /// - Parameter mayPass: another session may do better, though the connection isn't at fault.
  mutating func disconnect(
    after error: PostgresError, _ run: Circumstances, mayPass: Bool = false
  ) -> Action {
    if error.kind == .cancelled || run.isCancelled { return finish(.cancelled) }
    guard error.isConnectionTrouble || mayPass, !run.isStopping,
      let wait = outage.wait(now: run.now, random: run.random)
    else { return finish(.failed(error)) }
    state = .disconnected
    return .reconnect(after: wait, because: error, endsEarly: unsettled.isEmpty)
  }

  /// The wait before connecting again is over. Without anything unsettled there may be no need to.
  mutating func reconnect(_ run: Circumstances) -> Action {
    if unsettled.isEmpty, run.isStopping { return finish(.drained) }
    if unsettled.isEmpty, run.nothingIsLeft { return finish(.finished) }
    return connect()
  }
}

extension PostgresError {
  /// Something happened that no action leads to: a fault of this program.
  static func unforeseen(_ reason: String) -> PostgresError {
    .unexpected(reason, .target, doing: "working")
  }
}
