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
    var outage = RetryPolicy.Outage(control.retry)
    while true {
      control.interrupt.awaitResumption()
      do throws(PostgresError) {
        try target.beginLockingOut(doing: operation)
        try target.execute(
          """
          SAVEPOINT lock; \(LockTimeout.setting); LOCK TABLE ONLY \(relation) IN \(mode.sql) MODE;
          RELEASE SAVEPOINT lock; SET LOCAL lock_timeout = 0
          """, doing: operation)
        return
      } catch  where error.kind == .suspended {
        target.endLockingOut()
      } catch {
        target.endLockingOut()
        guard error.isTransient, target.isUsable,
          let wait = outage.wait(now: .now, random: .random(in: 0..<1))
        else { throw error }
        try target.execute("ROLLBACK TO SAVEPOINT lock; RELEASE SAVEPOINT lock", doing: operation)
        control.interrupt.sleep(wait)
      }
    }
  }
}
