import Synchronization

/// A stop of the process that goes on later (SIGTSTP). Sessions that lock others out get out of that first.
///
/// A session says that it locks others out before it looks whether that may be; whoever wants to stop says so before
/// looking for such sessions. So one of the two sees the other, whatever the order.
public final class Suspension: Sendable {
  private let wanted = Atomic<Bool>(false)
  private let count = Atomic<Int>(0)

  public init() {}

  /// Whether the process is about to stop: nothing that locks others out may begin or go on.
  public var isWanted: Bool {
    get { wanted.load(ordering: .sequentiallyConsistent) }
    set { wanted.store(newValue, ordering: .sequentiallyConsistent) }
  }

  /// Sessions that lock others out.
  public var holders: Int { count.load(ordering: .sequentiallyConsistent) }

  /// Counts a session in or out that locks others out.
  public func add(_ difference: Int) { count.add(difference, ordering: .sequentiallyConsistent) }
}
