public import Postgres
import Waiting

extension WorkerSessions {
  /// Takes a lock behind work that must not be lost if it isn't to be had at once: each try is short and undone by itself,
  /// until the retry budget is used up.
  ///
  /// - Throws: `PostgresError`.
  public func lockLate(_ relation: QualifiedName, _ mode: LockMode, doing operation: String)
    throws(PostgresError)
  {
    let savepoint = Savepoint("lock")
    try control.retry.run(control.interrupt) { _ throws(PostgresError) in
      do throws(PostgresError) {
        try target.beginLockingOut(doing: operation)
        try target.execute(
          savepoint.setting + LockTimeout.setting + "; LOCK TABLE ONLY \(relation) IN \(mode.sql) MODE;"
            + savepoint.release + "SET LOCAL lock_timeout = 0", doing: operation)
      } catch {
        target.endLockingOut()
        throw error
      }
    } isWorthRetrying: { error in
      error.isTransient && target.isUsable
    } waiting: { _ throws(PostgresError) in
      try target.execute(savepoint.undoing + savepoint.release, doing: operation)
    }
  }
}
