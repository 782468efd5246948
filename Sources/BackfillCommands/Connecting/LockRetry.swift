import Postgres
import TaskEngine
import Waiting

/// Transactions of a command's own that take strong locks on the target's tables. A lock that isn't to be had at once is
/// asked for only for a moment, as whoever comes after has to wait behind the request; then the transaction is undone and
/// tried again later, until the budget is used up.
struct LockRetry {
  var retry = RetryPolicy(base: .milliseconds(100), cap: .seconds(2))
  let interrupt: Interrupt
  let reporter: any Reporter

  /// Runs `body` in a transaction and commits it. What fails because of a lock or a deadlock is done again.
  ///
  /// - Parameters:
  ///   - relations: those whose holders a person is told of.
  ///   - body: sends `opening`, which begins the transaction, ahead of its first statement. `attempt` counts from 0.
  /// - Throws: what `body` throws, after rolling back.
  func transact<Value>(
    on session: borrowing Connection, locking relations: [QualifiedName], doing operation: String,
    _ body: (_ session: borrowing Connection, _ opening: SQL, _ attempt: Int) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let reminder = Reminder()
    return try retry.run(interrupt, until: .draining) { attempt throws(PostgresError) in
      do throws(PostgresError) {
        try session.beginLockingOut(doing: operation)
        let value = try body(session, "BEGIN; \(LockTimeout.setting);\n", attempt)
        try session.execute("COMMIT", doing: operation)
        session.endLockingOut()
        return value
      } catch {
        session.rollBack()
        session.endLockingOut()
        throw error
      }
    } isWorthRetrying: { error in
      error.isTransient && session.isUsable && interrupt.stage == .running
    } waiting: { error throws(PostgresError) in
      guard reminder.isDue() else { return }
      tell(error, holders: try LockHolder.all(of: relations, on: session))
    }
  }

  private func tell(_ error: PostgresError, holders: [LockHolder]) {
    reporter.report(
      .warning(
        .work(
          holders.isEmpty
            ? .retrying(error)
            : .awaitingLocks(.target, operation: error.operation, holders: holders))))
  }
}

/// When a person is to be told that a lock is waited for. A class, as Swift 6.0.3 takes a closure that captures both an
/// instant and a borrowed session for one that consumes the session.
private final class Reminder {
  // A lock that is to be had a moment later isn't worth a word.
  private var due = ContinuousClock.now + .seconds(1)

  /// - Returns: whether it is time to; for a while it isn't any more then.
  func isDue() -> Bool {
    guard due < .now else { return false }
    due = .now + LockWatch.silence
    return true
  }
}
