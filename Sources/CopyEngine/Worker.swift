import ChunkCatalog
import Postgres

/// One thread with two sessions that takes task after task until there are none, the run is stopped, or it can't go
/// on. The end of one task, its commit and the claim of the next travel in one message.
struct Worker: Sendable {
  let number: Int
  let work: any TaskWork
  let setting: RunSetting
  let purpose: String
  let observe: @Sendable (PoolEvent) -> Void

  /// Lost connections in a row after which a worker gives up, each waited out a little longer than the one before.
  private static let connectionAttempts = 6
  /// Times a task is done over when a database changed under it.
  private static let taskAttempts = 3

  func run() -> WorkerEnd {
    var failures = 0
    while true {
      do {
        let sessions = try WorkerSessions.open(setting, purpose: purpose)
        let end = try takeTasks(sessions) { failures = 0 }
        return end
      } catch let error as PostgresError {
        if error.kind == .cancelled || setting.interrupt.stage == .cancelled { return .cancelled }
        failures += 1
        guard error.isConnectionTrouble, failures < Self.connectionAttempts,
          setting.interrupt.stage == .running
        else { return .failed(error) }
        observe(.reconnecting(worker: number, error: error))
        setting.interrupt.sleep(milliseconds: 250 << failures + Int.random(in: 0..<250))
      } catch {
        return .failed(
          PostgresError(kind: .unexpectedAnswer, side: .target, operation: "working", message: "\(error)"))
      }
    }
  }

  /// What is sent to end the task before, and what is known of it.
  private struct Ending {
    var sql: SQL = ""
    var finished: Finished?

    struct Finished {
      var task: BackfillTask
      var outcome: TaskOutcome
      var started: ContinuousClock.Instant
    }
  }

  private func takeTasks(
    _ sessions: borrowing WorkerSessions, progressed: () -> Void
  ) throws -> WorkerEnd {
    var ending = Ending()
    while true {
      let goesOn = setting.interrupt.stage == .running
      var claimed: BackfillTask?
      do {
        claimed = try endAndClaim(ending, goesOn: goesOn, target: sessions.target)
      } catch let error as PostgresError {
        guard let finished = ending.finished, error.kind == .refusedByServer else { throw error }
        // The task's closing statements or its commit failed: it is undone, and that is written down.
        ending = try fail(
          finished.task, TaskFailure("\(error)", advice: error.advice), target: sessions.target)
        continue
      }
      if let finished = ending.finished {
        progressed()
        observe(
          .finished(
            worker: number, task: finished.task, outcome: finished.outcome,
            duration: ContinuousClock.now - finished.started))
      }
      guard let task = claimed else {
        sessions.target.rollBack()
        return goesOn ? .finished : .drained
      }
      ending = try perform(task, sessions: sessions)
    }
  }

  private func endAndClaim(
    _ ending: Ending, goesOn: Bool, target: borrowing Connection
  ) throws -> BackfillTask? {
    guard goesOn else {
      try target.execute(ending.sql, doing: "committing a task")
      return nil
    }
    try target.send(ending.sql + work.claim(setting.queue), doing: "committing a task and claiming the next")
    return try Queue.claimed(on: target)
  }

  private func perform(_ task: BackfillTask, sessions: borrowing WorkerSessions) throws -> Ending {
    let started = ContinuousClock.now
    observe(.began(worker: number, task: task))
    var attempt = 1
    while true {
      do {
        let outcome = try work.perform(task, sessions: sessions, queue: setting.queue) { bytes in
          observe(.moved(worker: number, bytes: bytes))
        }
        return Ending(
          sql: outcome.closing + "COMMIT;",
          finished: Ending.Finished(task: task, outcome: outcome, started: started))
      } catch let error as PostgresError {
        guard error.kind == .refusedByServer || error.kind == .unexpectedAnswer, sessions.areUsable
        else { throw error }
        let transient = error.isTransient && attempt < Self.taskAttempts
        if !transient {
          return try fail(task, TaskFailure("\(error)", advice: error.advice), target: sessions.target)
        }
      } catch let failure as TaskFailure {
        let again = failure.isWorthRetrying && task.snapshot == nil && attempt < Self.taskAttempts
        if !again { return try fail(task, failure, target: sessions.target) }
      }
      attempt += 1
      try sessions.target.execute("ROLLBACK TO SAVEPOINT work", doing: "beginning a task anew")
    }
  }

  /// Tells of a failed task and returns what writes it down.
  private func fail(
    _ task: BackfillTask, _ failure: TaskFailure, target: borrowing Connection
  ) throws -> Ending {
    observe(.failed(worker: number, task: task, failure: failure))
    let record = setting.queue.fail(task, error: failure.reason)
    if target.isInTransaction { return Ending(sql: record + "COMMIT;") }
    // The commit itself failed, so there is no savepoint and no lock any more.
    return Ending(sql: "BEGIN; SAVEPOINT work;" + record + "COMMIT;")
  }
}

extension WorkerSessions {
  var areUsable: Bool { source.isUsable && target.isUsable }
}
