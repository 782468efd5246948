import Synchronization
import Waiting

extension Connection {
  /// Whether the open transaction has a lock that keeps others from reading or writing rows, or asks for one.
  public var locksOthersOut: Bool { isLockingOut.load(ordering: .relaxed) }

  /// Says that locks of that kind are taken from now on; before the first of them.
  ///
  /// - Throws: `PostgresError` of kind `suspended` when none may be.
  public func beginLockingOut(doing operation: String) throws(PostgresError) {
    if !isLockingOut.exchange(true, ordering: .relaxed) { interrupt.suspension.add(1) }
    try yieldToSuspension(doing: operation)
  }

  /// Says that all such locks are given back.
  public func endLockingOut() {
    if isLockingOut.exchange(false, ordering: .relaxed) { interrupt.suspension.add(-1) }
  }

  /// - Throws: `PostgresError` of kind `suspended` when this session has to give its locks back.
  func yieldToSuspension(doing operation: String) throws(PostgresError) {
    guard locksOthersOut, interrupt.suspension.isWanted else { return }
    throw PostgresError(kind: .suspended, side: side, operation: operation, reason: .suspended)
  }
}
