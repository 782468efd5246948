import CopyEngine
import Postgres

/// Transactions of a command's own that take strong locks on the target's tables. A lock that isn't to be had at once is
/// asked for only for a moment, as whoever comes after has to wait behind the request; then the transaction is undone and
/// tried again later, until the budget is used up.
struct Patiently {
  var retry = RetryPolicy(cap: .seconds(5))
  let interrupt: Interrupt
  let reporter: any Reporter
  /// The relations whose holders a person is told of.
  var relations: [QualifiedName] = []

  /// Runs `body` in a transaction and commits it. What fails for want of a lock, or for a deadlock, is done again.
  ///
  /// - Throws: what `body` throws, after rolling back.
  func transact<Value>(
    on session: borrowing Connection, doing operation: String,
    _ body: (borrowing Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    var outage = RetryPolicy.Outage(retry)
    var told: ContinuousClock.Instant?
    while true {
      interrupt.awaitResumption()
      do throws(PostgresError) {
        try session.execute("BEGIN; \(LockTimeout.setting)", doing: operation)
        session.locksOthersOut = true
        let value = try body(session)
        try session.execute("COMMIT", doing: operation)
        session.locksOthersOut = false
        return value
      } catch {
        session.rollBack()
        session.locksOthersOut = false
        guard error.isTransient, session.isUsable, interrupt.stage == .running,
          let wait = outage.wait(now: .now, random: .random(in: 0..<1))
        else { throw error }
        if told.map({ $0 + LockWatch.silence < .now }) ?? true {
          told = .now
          tell(error, holders: try LockHolder.all(of: relations, on: session))
        }
        interrupt.sleep(wait, until: .draining)
      }
    }
  }

  private func tell(_ error: PostgresError, holders: [LockHolder]) {
    let who = holders.map(\.description).joined(separator: "; ")
    reporter.report(
      .warning(who.isEmpty ? "\(error); trying again" : "target: \(error.operation): waiting for a \(who)"))
  }
}
