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

  private var control: RunControl { setting.control }

  /// What a worker knows beyond its sessions, which may be lost.
  private struct Memory {
    var outage: RetryPolicy.Outage
    /// A task whose commit was under way when the session was lost: done or not, only the queue knows.
    var unsettled: Finished?
  }

  /// A task that is done but for its commit.
  private struct Finished {
    var task: BackfillTask
    var outcome: TaskOutcome
    var started: ContinuousClock.Instant
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
        control.interrupt.sleep(wait, until: .draining)
      } catch {
        return .failed(
          PostgresError(kind: .unexpectedAnswer, side: .target, operation: "working", message: "\(error)"))
      }
    }
  }

  /// Finds out about a commit whose answer never came. Data and mark commit together, so the mark says it all.
  private func settle(_ memory: inout Memory, target: borrowing Connection) throws(PostgresError) {
    guard let unsettled = memory.unsettled else { return }
    let done = try target.query(
      work.isDone(unsettled.task, setting.queue), doing: "looking for a lost commit"
    ) {
      row throws(PostgresError) in try row.flag(0)
    }
    memory.unsettled = nil
    if done.first == true { report(unsettled) }
  }

  private func report(_ finished: Finished) {
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
        guard error.kind == .refusedByServer, sessions.target.isUsable else {
          memory.unsettled = finished
          throw error
        }
        // The task's closing statements or its commit failed: it is undone, and that is written down.
        ending = fail(finished.task, TaskFailure(error), target: sessions.target)
        continue
      }
      memory.outage.end()
      if let finished = ending.finished { report(finished) }
      guard let task = claimed else {
        sessions.target.rollBack()
        return goesOn ? .finished : .drained
      }
      // Asked to stop while the end of the task before was under way: the claim that travelled with it is given back.
      guard !control.isStopping else {
        sessions.target.rollBack()
        return .drained
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
    var conflicts = RetryPolicy.Outage(control.retry)
    var changesOfForm = 0
    observe(.began(worker: number, task: task))
    while true {
      do {
        let outcome = try work.perform(task, sessions: sessions, queue: setting.queue) { moved($0) }
        return Ending(
          sql: outcome.closing + "COMMIT;",
          finished: Finished(task: task, outcome: outcome, started: started))
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

  private func moved(_ bytes: Int) {
    observe(.moved(worker: number, bytes: bytes))
    guard let wait = control.throttle?.delay(after: bytes, now: .now), wait > .zero else { return }
    control.interrupt.sleep(wait)
  }

  private func beginAnew(target: borrowing Connection) throws(PostgresError) {
    try target.execute("ROLLBACK TO SAVEPOINT work", doing: "beginning a task anew")
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
