import Synchronization

/// Something that is so of a session or isn't, which may be looked at while that is lent to another.
public final class SharedFlag: Sendable {
  private let state = Atomic<Bool>(false)

  public var isSet: Bool { state.load(ordering: .relaxed) }

  /// - Returns: what it was.
  func exchange(_ value: Bool) -> Bool { state.exchange(value, ordering: .relaxed) }
}
