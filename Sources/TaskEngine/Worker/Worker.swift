import ChunkCatalog
import Postgres
import Waiting

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
    /// Claims that the server refused.
    var refusals: RetryPolicy.Outage
    var unsettled: [Unsettled] = []
    /// Of the last task that was claimed.
    var place: TaskTransaction.Place?
  }

  /// A task that is done but for its commit.
  struct Finished {
    var task: BackfillTask
    var outcome: TaskOutcome
    var started: ContinuousClock.Instant
    var conflicts: RetryPolicy.Outage
  }

  /// A task that failed, which nobody is told before the queue knows.
  struct Failed {
    var task: BackfillTask
    var failure: TaskFailure
    /// The server refused to write it down in its own words.
    var isPlain = false
  }

  /// What is sent to end the task before, and what is to be told once that is committed.
  private struct Ending {
    enum News {
      case finished(Finished)
      case failed(Failed)
    }

    var sql: SQL = ""
    var news: News?
  }

  /// The queue can't be written to, in a way that neither time nor another session would mend.
  private struct Unrecordable: Error {
    let error: PostgresError
  }

  func run() -> WorkerEnd {
    var memory = Memory(
      outage: RetryPolicy.Outage(control.retry), refusals: RetryPolicy.Outage(control.retry))
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
      } catch let unrecordable as Unrecordable {
        return .failed(unrecordable.error)
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

  /// Tells of a failure that the queue knows of.
  func report(_ failed: Failed) {
    observe(.failed(worker: number, task: failed.task, failure: failed.failure))
    if control.failsFast { control.halt("a chunk failed, and --fail-fast was given") }
  }

  private func takeTasks(_ sessions: borrowing WorkerSessions, _ memory: inout Memory) throws -> WorkerEnd {
    var ending = Ending()
    while true {
      let goesOn = !control.isStopping && number <= control.parallelism
      var isCommitted = false
      let claim: TaskTransaction.Claim?
      do throws(PostgresError) {
        claim = try endAndClaim(
          ending, goesOn: goesOn, place: memory.place, committed: &isCommitted, target: sessions.target)
      } catch {
        guard isCommitted || ending.news == nil else {
          ending = try endOtherwise(ending, after: error, sessions: sessions, &memory)
          continue
        }
        // Only the claim failed.
        tell(&ending)
        try waitToClaim(after: error, sessions: sessions, &memory)
        continue
      }
      sessions.target.endLockingOut()
      memory.outage.end()
      memory.refusals.end()
      tell(&ending)
      guard let claim else {
        sessions.target.rollBack()
        guard goesOn else { return .drained }
        // Behind the last one there is nothing; before it something may have been given back.
        if memory.place != nil {
          memory.place = nil
          continue
        }
        if try awaitUnsettled(&memory, target: sessions.target) { continue }
        control.nothingIsLeft = true
        return .finished
      }
      memory.place = claim.place
      let task = claim.task
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

  private func tell(_ ending: inout Ending) {
    switch ending.news {
    case .finished(let finished): report(finished)
    case .failed(let failed): report(failed)
    case nil: break
    }
    ending = Ending()
  }

  /// Waits after a claim that failed, where the next may do better: others were in the way, or somebody cancelled it.
  private func waitToClaim(
    after error: PostgresError, sessions: borrowing WorkerSessions, _ memory: inout Memory
  ) throws {
    guard error.kind == .refusedByServer, sessions.areUsable,
      error.isTransient || error.sqlState == SQLState.queryCanceled,
      let wait = memory.refusals.wait(now: .now, random: .random(in: 0..<1))
    else { throw error }
    sessions.target.rollBack()
    control.interrupt.sleep(wait, until: .draining)
  }

  /// What ends a task whose end failed, or wasn't answered.
  private func endOtherwise(
    _ ending: Ending, after error: PostgresError, sessions: borrowing WorkerSessions, _ memory: inout Memory
  ) throws -> Ending {
    switch ending.news {
    case .finished(let finished):
      guard error.kind == .refusedByServer, sessions.areUsable else {
        lose(finished.task, finished: finished, error, &memory)
        throw error
      }
      return try redo(finished, after: error, sessions: sessions, &memory)
    case .failed(let failed):
      guard error.kind == .refusedByServer, sessions.target.isUsable else {
        guard !(error.kind == .connectionLost && control.noteLoss(of: failed.task.priority)) else {
          report(failed)
          throw Unrecordable(error: error)
        }
        memory.unsettled.append(Unsettled(task: failed.task, failed: failed))
        throw error
      }
      guard !failed.isPlain else {
        report(failed)
        throw Unrecordable(error: error)
      }
      return fail(failed.task, failed.failure, isPlain: true, target: sessions.target)
    case nil: throw error
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

  /// - Parameter committed: becomes true when the end is known to be committed, though the claim may have failed.
  private func endAndClaim(
    _ ending: Ending, goesOn: Bool, place: TaskTransaction.Place?, committed: inout Bool,
    target: borrowing Connection
  ) throws(PostgresError) -> TaskTransaction.Claim? {
    guard goesOn else {
      try target.execute(ending.sql, doing: "committing a task")
      return nil
    }
    try target.send(
      ending.sql + setting.queue.transaction.claim(work.kind, after: place),
      doing: "committing a task and claiming the next")
    return try TaskTransaction.claimed(on: target, committed: &committed)
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
        let outcome = try work.perform(task, sessions: sessions, transaction: setting.queue.transaction) {
          moved($0, lockingOut: sessions.target.locksOthersOut)
        }
        return Ending(
          sql: outcome.closing + TaskTransaction.commit,
          news: .finished(Finished(task: task, outcome: outcome, started: started, conflicts: conflicts)))
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
    try TaskTransaction.undo(on: target, doing: "beginning a task anew")
    target.endLockingOut()
  }

  /// What writes down that a task failed.
  private func fail(
    _ task: BackfillTask, _ failure: TaskFailure, isPlain: Bool = false, target: borrowing Connection
  ) -> Ending {
    if let reason = failure.stopsRun { control.halt(reason) }
    let news = Ending.News.failed(Failed(task: task, failure: failure, isPlain: isPlain))
    let transaction = setting.queue.transaction
    if target.isInTransaction {
      let record = transaction.fail(task, error: failure.reason, isPlain: isPlain)
      return Ending(sql: record + TaskTransaction.commit, news: news)
    }
    let record = transaction.failWithoutClaim(work.kind, task, error: failure.reason, isPlain: isPlain)
    return Ending(sql: record + TaskTransaction.commit, news: news)
  }
}

extension WorkerSessions {
  /// Whether both sessions can go on.
  public var areUsable: Bool { source.isUsable && target.isUsable }
}
