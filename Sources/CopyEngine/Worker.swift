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

  /// Times a task is done over when the source's chunk changed its form under it.
  private static let attemptsPerForm = 3

  var control: RunControl { setting.control }

  /// What a worker knows beyond its sessions, which may be lost.
  struct Memory {
    var outage: RetryPolicy.Outage
    var unsettled: [Unsettled] = []
  }

  /// A task that is done but for its commit.
  struct Finished {
    var task: BackfillTask
    var outcome: TaskOutcome
    var started: ContinuousClock.Instant
    var conflicts: RetryPolicy.Outage
  }

  /// What is sent to end the task before, and what is known of it.
  private struct Ending {
    var sql: SQL = ""
    var finished: Finished?
  }

  func run() -> WorkerEnd {
    var memory = Memory(outage: RetryPolicy.Outage(control.retry))
    while true {
      do {
        let sessions = try WorkerSessions.open(setting, purpose: purpose)
        try settle(&memory, target: sessions.target)
        return try takeTasks(sessions, &memory)
      } catch let error as PostgresError {
        if error.kind == .cancelled || control.interrupt.stage == .cancelled { return .cancelled }
        guard error.isConnectionTrouble, !control.isStopping,
          let wait = memory.outage.wait(now: .now, random: .random(in: 0..<1))
        else { return .failed(error) }
        observe(.reconnecting(worker: number, error: error, wait: wait))
        // The others may do all there is meanwhile.
        control.pause(wait) { memory.unsettled.isEmpty && control.nothingIsLeft }
        if memory.unsettled.isEmpty, control.isStopping { return .drained }
        if memory.unsettled.isEmpty, control.nothingIsLeft { return .finished }
      } catch {
        return .failed(
          PostgresError(kind: .unexpectedAnswer, side: .target, operation: "working", message: "\(error)"))
      }
    }
  }

  func report(_ finished: Finished) {
    guard finished.outcome.kind != .prepared else { return }
    observe(
      .finished(
        worker: number, task: finished.task, outcome: finished.outcome,
        duration: ContinuousClock.now - finished.started))
  }

  private func takeTasks(_ sessions: borrowing WorkerSessions, _ memory: inout Memory) throws -> WorkerEnd {
    var ending = Ending()
    while true {
      let goesOn = !control.isStopping && number <= control.parallelism
      var claimed: BackfillTask?
      do {
        claimed = try endAndClaim(ending, goesOn: goesOn, target: sessions.target)
      } catch let error as PostgresError {
        guard let finished = ending.finished else { throw error }
        guard error.kind == .refusedByServer, sessions.areUsable else {
          lose(finished.task, finished: finished, error, &memory)
          throw error
        }
        ending = try redo(finished, after: error, sessions: sessions, &memory)
        continue
      }
      sessions.target.endLockingOut()
      memory.outage.end()
      if let finished = ending.finished { report(finished) }
      ending = Ending()
      guard let task = claimed else {
        sessions.target.rollBack()
        guard goesOn else { return .drained }
        if try awaitUnsettled(&memory, target: sessions.target) { continue }
        control.nothingIsLeft = true
        return .finished
      }
      // Whoever has the lock knows that no lost session does anything for the task any more.
      let lost = memory.unsettled.first { $0.task.priority == task.priority }
      memory.unsettled.removeAll { $0.task.priority == task.priority }
      control.interrupt.awaitResumption()
      control.pace(after: 0, lockingOut: false, until: .draining)
      // Asked to stop while the end of the task before was under way: the claim that travelled with it is given back.
      guard !control.isStopping else {
        sessions.target.rollBack()
        return .drained
      }
      if let failure = lost?.failure {
        ending = fail(task, failure, target: sessions.target)
        continue
      }
      ending = try perform(
        task, sessions: sessions, &memory, started: .now, conflicts: RetryPolicy.Outage(control.retry))
    }
  }

  /// The task's closing statements or its commit failed: it is undone, and done again where others were in the way.
  private func redo(
    _ finished: Finished, after error: PostgresError, sessions: borrowing WorkerSessions,
    _ memory: inout Memory
  ) throws -> Ending {
    var conflicts = finished.conflicts
    // Without its transaction there is no claim either.
    guard error.isTransient, sessions.target.isInTransaction, !control.isStopping,
      let wait = conflicts.wait(now: .now, random: .random(in: 0..<1))
    else { return fail(finished.task, TaskFailure(error), target: sessions.target) }
    try beginAnew(target: sessions.target)
    control.interrupt.sleep(wait)
    return try perform(
      finished.task, sessions: sessions, &memory, started: finished.started, conflicts: conflicts)
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

  private func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, _ memory: inout Memory,
    started: ContinuousClock.Instant, conflicts: RetryPolicy.Outage
  ) throws -> Ending {
    do {
      return try attempt(task, sessions: sessions, started: started, conflicts: conflicts)
    } catch {
      lose(task, finished: nil, error, &memory)
      throw error
    }
  }

  /// The session is lost with the task in flight.
  private func lose(_ task: BackfillTask, finished: Finished?, _ error: any Error, _ memory: inout Memory) {
    var unsettled = Unsettled(task: task, finished: finished)
    if let error = error as? PostgresError, error.kind == .connectionLost, control.noteLoss(of: task.priority)
    {
      unsettled.failure = TaskFailure(error)
    }
    memory.unsettled.append(unsettled)
  }

  private func attempt(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, started: ContinuousClock.Instant,
    conflicts: RetryPolicy.Outage
  ) throws -> Ending {
    var conflicts = conflicts
    var changesOfForm = 0
    observe(.began(worker: number, task: task))
    while true {
      do {
        let outcome = try work.perform(task, sessions: sessions, queue: setting.queue) {
          moved($0, lockingOut: sessions.target.locksOthersOut)
        }
        return Ending(
          sql: outcome.closing + "COMMIT;",
          finished: Finished(task: task, outcome: outcome, started: started, conflicts: conflicts))
      } catch let error as PostgresError where error.kind == .suspended && sessions.areUsable {
        try beginAnew(target: sessions.target)
        control.interrupt.awaitResumption()
      } catch let error as PostgresError {
        guard error.kind == .refusedByServer || error.kind == .unexpectedAnswer, sessions.areUsable
        else { throw error }
        guard error.isTransient, !control.isStopping,
          let wait = conflicts.wait(now: .now, random: .random(in: 0..<1))
        else { return fail(task, TaskFailure(error), target: sessions.target) }
        try beginAnew(target: sessions.target)
        control.interrupt.sleep(wait)
      } catch let failure as TaskFailure {
        changesOfForm += 1
        guard failure.isWorthRetrying, task.snapshot == nil, changesOfForm < Self.attemptsPerForm else {
          return fail(task, failure, target: sessions.target)
        }
        try beginAnew(target: sessions.target)
      }
    }
  }

  private func moved(_ bytes: Int, lockingOut: Bool) {
    observe(.moved(worker: number, bytes: bytes))
    control.pace(after: bytes, lockingOut: lockingOut)
  }

  private func beginAnew(target: borrowing Connection) throws(PostgresError) {
    try target.execute("ROLLBACK TO SAVEPOINT work", doing: "beginning a task anew")
    target.endLockingOut()
  }

  /// Tells of a failed task and returns what writes it down.
  private func fail(_ task: BackfillTask, _ failure: TaskFailure, target: borrowing Connection) -> Ending {
    observe(.failed(worker: number, task: task, failure: failure))
    if control.failsFast { control.halt("a chunk failed, and --fail-fast was given") }
    if let reason = failure.stopsRun { control.halt(reason) }
    let record = setting.queue.fail(task, error: failure.reason)
    if target.isInTransaction { return Ending(sql: record + "COMMIT;") }
    // The commit itself failed, so there is no savepoint and no lock any more.
    return Ending(sql: "BEGIN; SAVEPOINT work;" + record + "COMMIT;")
  }
}

extension WorkerSessions {
  var areUsable: Bool { source.isUsable && target.isUsable }
}
