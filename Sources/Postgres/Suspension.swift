import Synchronization

/// A stop of the process that goes on later (SIGTSTP). Sessions that lock others out get out of that first.
public final class Suspension: Sendable {
  private struct State {
    var isWanted = false
    var holders = 0
  }

  private let state = Mutex(State())

  init() {}

  /// Whether the process is about to stop: nothing that locks others out may begin or go on.
  public var isWanted: Bool {
    get { state.withLock { $0.isWanted } }
    set { state.withLock { $0.isWanted = newValue } }
  }

  /// Sessions that lock others out.
  public var holders: Int { state.withLock { $0.holders } }

  func add(_ count: Int) { state.withLock { $0.holders += count } }
}

extension Connection {
  /// Whether the open transaction has a lock that keeps others from reading or writing rows. Whoever takes one says so,
  /// and says when it is given back.
  public var locksOthersOut: Bool {
    get { isLockingOut.load(ordering: .relaxed) }
    nonmutating set {
      let before = isLockingOut.exchange(newValue, ordering: .relaxed)
      if before != newValue { interrupt.suspension.add(newValue ? 1 : -1) }
    }
  }

  /// - Throws: `PostgresError` of kind `suspended` when this session has to give its locks back.
  func yieldToSuspension(doing operation: String) throws(PostgresError) {
    guard locksOthersOut, interrupt.suspension.isWanted else { return }
    throw PostgresError(
      kind: .suspended, side: side, operation: operation, message: "the program is about to be suspended")
  }
}
