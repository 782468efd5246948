import ChunkCatalog
import Postgres

extension Worker {
  /// A task that a session had when it was lost. What became of it only the queue knows, and that not before the server
  /// has noticed the loss, too: until then the task is locked, and its commit may still succeed.
  struct Unsettled {
    var task: BackfillTask
    /// Set when the commit was under way.
    var finished: Finished?
    /// Set when its failure was being written down.
    var failed: Failed?
    /// Set when sessions were lost with this task too often: it isn't tried again.
    var failure: TaskFailure?
  }

  /// Milliseconds for one look at a task that is locked.
  private static let glance: Int64 = 1000

  /// Finds out about commits whose answer never came, as far as that can be told at once.
  func settle(_ memory: inout Memory, target: borrowing Connection) throws(PostgresError) {
    var left: [Unsettled] = []
    for unsettled in memory.unsettled {
      guard unsettled.finished != nil || unsettled.failed != nil else {
        left.append(unsettled)
        continue
      }
      switch try isSettled(unsettled, target: target) {
      case .some(true): report(unsettled)
      // Whoever claims it does it again.
      case .some(false): break
      case nil: left.append(unsettled)
      }
    }
    memory.unsettled = left
  }

  private func report(_ settled: Unsettled) {
    if let finished = settled.finished { report(finished) }
    if let failed = settled.failed { report(failed) }
  }

  /// Nobody has anything to claim, but lost sessions may hold tasks of this worker's: waits for them.
  ///
  /// - Returns: true when there may be something to claim now.
  func awaitUnsettled(_ memory: inout Memory, target: borrowing Connection) throws(PostgresError) -> Bool {
    let deadline = ContinuousClock.now + control.timeOfLostSessions
    var mayClaim = false
    while let unsettled = memory.unsettled.last {
      let done = try isSettled(unsettled, target: target)
      if done == nil, !control.isStopping, ContinuousClock.now < deadline { continue }
      if done == true { report(unsettled) }
      if done == false { mayClaim = true }
      memory.unsettled.removeLast()
    }
    return mayClaim
  }

  /// Whether what was under way has been committed. Data and mark commit together, so the mark says it all.
  ///
  /// - Returns: nil while another session has the task locked.
  private func isSettled(
    _ unsettled: Unsettled, target: borrowing Connection
  ) throws(PostgresError) -> Bool? {
    let question =
      unsettled.failed == nil
      ? setting.queue.transaction.isDone(work.kind, unsettled.task)
      : setting.queue.transaction.isPassed(unsettled.task)
    do throws(PostgresError) {
      let found = try target.query(
        """
        BEGIN; SET LOCAL lock_timeout = \(Self.glance);
        \(question); COMMIT
        """, doing: "looking for a lost commit"
      ) { row throws(PostgresError) in try row.flag(0) }
      return found.first ?? false
    } catch {
      guard error.sqlState == SQLState.lockNotAvailable else { throw error }
      target.rollBack()
      return nil
    }
  }
}
