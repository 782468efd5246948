import Waiting

extension Connection {
  /// Says that locks of that kind are taken from now on; before the first of them.
  ///
  /// - Throws: `PostgresError` of kind `suspended` when none may be.
  public func beginLockingOut(doing operation: String) throws(PostgresError) {
    if !lockingOut.exchange(true) { interrupt.suspension.add(1) }
    try yieldToSuspension(doing: operation)
  }

  /// Says that all such locks are given back.
  public func endLockingOut() {
    if lockingOut.exchange(false) { interrupt.suspension.add(-1) }
  }

  /// - Throws: `PostgresError` of kind `suspended` when this session has to give its locks back.
  func yieldToSuspension(doing operation: String) throws(PostgresError) {
    guard lockingOut.isSet, interrupt.suspension.isWanted else { return }
    throw PostgresError(kind: .suspended, side: side, operation: operation, reason: .suspended)
  }
}
