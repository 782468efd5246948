import Synchronization

/// A stop of the process that goes on later (SIGTSTP). Sessions that lock others out get out of that first.
///
/// A session says that it locks others out before it looks whether that may be; whoever wants to stop says so before
/// looking for such sessions. So one of the two sees the other, whatever the order.
public final class Suspension: Sendable {
  private let wanted = Atomic<Bool>(false)
  private let count = Atomic<Int>(0)

  init() {}

  /// Whether the process is about to stop: nothing that locks others out may begin or go on.
  public var isWanted: Bool {
    get { wanted.load(ordering: .sequentiallyConsistent) }
    set { wanted.store(newValue, ordering: .sequentiallyConsistent) }
  }

  /// Sessions that lock others out.
  public var holders: Int { count.load(ordering: .sequentiallyConsistent) }

  func add(_ difference: Int) { count.add(difference, ordering: .sequentiallyConsistent) }
}

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
    throw PostgresError(
      kind: .suspended, side: side, operation: operation, message: "the program is about to be suspended")
  }
}
