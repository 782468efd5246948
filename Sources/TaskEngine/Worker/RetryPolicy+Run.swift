public import Postgres
public import Waiting

extension RetryPolicy {
  /// Tries something until it succeeds, its failure is of a kind that time doesn't heal, or the budget is used up.
  /// Nothing is tried while the process is about to be suspended, and what had to be given up for that is tried again
  /// afterwards, as if for the first time.
  ///
  /// - Parameters:
  ///   - stage: where the run has come to this stage of stopping, waits end early.
  ///   - attempt: undoes what it has done where it fails. The number of failures before it is its argument.
  ///   - isWorthRetrying: whether time may heal the failure.
  ///   - waiting: called before each wait.
  /// - Throws: the last failure; what `waiting` throws.
  public func run<Value>(
    _ interrupt: Interrupt, until stage: Interrupt.Stage = .cancelled,
    attempt: (_ failures: Int) throws(PostgresError) -> Value,
    isWorthRetrying: (PostgresError) -> Bool,
    waiting: (PostgresError) throws(PostgresError) -> Void = { _ throws(PostgresError) in }
  ) throws(PostgresError) -> Value {
    var outage = Outage(self)
    var failures = 0
    while true {
      interrupt.awaitResumption()
      do throws(PostgresError) {
        return try attempt(failures)
      } catch {
        if error.kind == .suspended { continue }
        failures += 1
        guard isWorthRetrying(error), let wait = outage.wait(now: .now, random: .random(in: 0..<1)) else {
          throw error
        }
        try waiting(error)
        interrupt.sleep(wait, until: stage)
      }
    }
  }
}
