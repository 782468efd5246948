import ChunkCatalog
import Postgres
import Waiting

/// Performs the actions of a worker that need its sessions. Decides nothing.
struct ActionRunner {
  let number: Int
  let work: any TaskWork
  let setting: RunSetting
  let observe: @Sendable (PoolEvent) -> Void

  private var control: RunControl { setting.control }
  private var transaction: TaskTransaction { setting.queue.transaction }

  /// Milliseconds for one look at a task that is locked.
  private static let lookTimeout: Int64 = 1000

  func perform(
    _ step: WorkerMachine.Step, on sessions: borrowing WorkerSessions
  ) -> WorkerMachine.Input {
    switch step {
    case .look(let unsettled): return look(for: unsettled, on: sessions.target)
    case .end(let ending): return end(ending, on: sessions)
    case .report(let news):
      report(news)
      return .reported
    case .perform(let task, let isAnnounced):
      if !isAnnounced { observe(.began(worker: number, task: task)) }
      tell(.beginning)
      return perform(task, on: sessions)
    case .undo: return undo(on: sessions.target)
    case .release:
      sessions.target.rollBack()
      return .released
    case .pause(let pause):
      self.pause(pause)
      return .paused
    case .noteLoss(let task): return .lossNoted(isTooMany: control.noteLoss(of: task.priority))
    }
  }

  /// Whether what was under way has been committed. Data and mark commit together, so the mark says it all.
  private func look(
    for unsettled: WorkerMachine.Unsettled, on target: borrowing Connection
  ) -> WorkerMachine.Input {
    let question =
      unsettled.failing == nil
      ? transaction.isDone(work.kind, unsettled.task) : transaction.isPassed(unsettled.task)
    do throws(PostgresError) {
      let found = try target.query(
        """
        BEGIN; SET LOCAL lock_timeout = \(Self.lookTimeout);
        \(question); COMMIT
        """, doing: "looking for a lost commit"
      ) { row throws(PostgresError) in try row.flag("is_settled") }
      return .looked(isCommitted: found.first ?? false)
    } catch {
      guard error.sqlState == SQLState.lockNotAvailable else { return .lookFailed(error) }
      target.rollBack()
      return .looked(isCommitted: nil)
    }
  }

  private func end(
    _ ending: WorkerMachine.Ending, on sessions: borrowing WorkerSessions
  ) -> WorkerMachine.Input {
    var isCommitted = false
    do throws(PostgresError) {
      let claim = try endAndClaim(ending, committed: &isCommitted, on: sessions.target)
      sessions.target.endLockingOut()
      return .ended(claim)
    } catch {
      if isCommitted { sessions.target.endLockingOut() }
      return .endFailed(failure(error, isCommitted: isCommitted, on: sessions))
    }
  }

  /// - Parameter committed: becomes true when the end is known to be committed, though the claim may have failed.
  private func endAndClaim(
    _ ending: WorkerMachine.Ending, committed: inout Bool, on target: borrowing Connection
  ) throws(PostgresError) -> TaskTransaction.Claim? {
    let statements = closing(ending.news, on: target)
    guard ending.claims else {
      try target.execute(statements, doing: "committing a task")
      return nil
    }
    try target.send(
      statements + transaction.claim(work.kind, after: ending.place),
      doing: "committing a task and claiming the next")
    return try TaskTransaction.claimed(on: target, committed: &committed)
  }

  private func closing(_ news: WorkerMachine.News?, on target: borrowing Connection) -> SQL {
    switch news {
    case .finished(let finished): return finished.outcome.closing + TaskTransaction.commit
    case .failed(let failed):
      if let reason = failed.failure.stopsRun { control.halt(reason) }
      let reason = transaction.words.lastError(failed.failure)
      if failed.isClaimed {
        return transaction.fail(failed.task, error: reason, isPlain: failed.isPlain) + TaskTransaction.commit
      }
      target.rollBack()
      return transaction.failWithoutClaim(work.kind, failed.task, error: reason, isPlain: failed.isPlain)
        + TaskTransaction.commit
    case nil: return ""
    }
  }

  private func report(_ news: WorkerMachine.News) {
    switch news {
    case .finished(let finished):
      observe(
        .finished(
          worker: number, task: finished.attempt.task, outcome: finished.outcome,
          duration: .now - finished.attempt.started))
    case .failed(let failed):
      observe(.failed(worker: number, task: failed.task, failure: failed.failure))
      if control.failsFast { control.halt(.taskFailed) }
    }
  }

  private func perform(_ task: BackfillTask, on sessions: borrowing WorkerSessions) -> WorkerMachine.Input {
    // Not the session itself, which Swift 6.0.3 doesn't let a closure capture that is given to who has borrowed it.
    let lockingOut = sessions.target.lockingOut
    do {
      let outcome = try work.perform(task, sessions: sessions, transaction: transaction) { news in
        switch news {
        case .phase(let phase): tell(phase)
        case .moved(let bytes):
          observe(.moved(worker: number, bytes: bytes))
          control.pace(after: bytes, lockingOut: lockingOut.isSet)
        }
      }
      // Waited for before the next task, when the source's snapshot is given back.
      control.notePace(after: outcome.bytesRead)
      return .performed(outcome)
    } catch let error as PostgresError {
      return .performFailed(failure(error, on: sessions))
    } catch let failure as TaskFailure {
      return .taskFailed(failure, isClaimed: sessions.target.isInTransaction)
    } catch {
      return .broke("\(error)")
    }
  }

  private func tell(_ phase: TaskPhase) { observe(.phase(worker: number, phase)) }

  private func undo(on target: borrowing Connection) -> WorkerMachine.Input {
    do throws(PostgresError) {
      try TaskTransaction.undo(on: target, doing: "beginning a task anew")
      target.endLockingOut()
      return .undone
    } catch {
      return .undoFailed(error)
    }
  }

  private func pause(_ pause: WorkerMachine.Pause) {
    switch pause {
    case .beforeRetry(let wait, let error):
      tell(.retrying(after: wait, because: error))
      control.interrupt.sleep(wait)
    case .beforeClaim(let wait): control.interrupt.sleep(wait, until: .draining)
    case .untilResumed: control.interrupt.awaitResumption()
    case .pace:
      control.interrupt.awaitResumption()
      control.pace(after: 0, lockingOut: false, until: .draining)
    }
  }

  private func failure(
    _ error: PostgresError, isCommitted: Bool = false, on sessions: borrowing WorkerSessions
  ) -> WorkerMachine.Failure {
    WorkerMachine.Failure(
      error: error, sourceIsUsable: sessions.sourceIsUsable, targetIsUsable: sessions.target.isUsable,
      isClaimed: sessions.target.isInTransaction, isCommitted: isCommitted)
  }
}
