import Synchronization

/// What a signal that comes now would stop.
final class MigrateActivity: Sendable {
  enum Kind {
    /// A question, or a wait.
    case none
    case step(hasChunks: Bool)
  }

  private let kind = Mutex(Kind.none)

  func message(_ step: StopSequence.Step) -> Message? {
    switch kind.withLock({ $0 }) {
    case .none: nil
    case .step(let hasChunks): step.message(hasChunks: hasChunks)
    }
  }

  func during<Value>(_ kind: Kind, _ body: () -> Value) -> Value {
    self.kind.withLock { $0 = kind }
    defer { self.kind.withLock { $0 = .none } }
    return body()
  }
}
