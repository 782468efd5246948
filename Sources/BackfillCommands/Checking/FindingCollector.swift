import Synchronization

/// Keeps the warnings and notes that planning tells on its way.
final class FindingCollector: Reporter {
  private let kept = Mutex<[CheckedFinding]>([])

  var findings: [CheckedFinding] { kept.withLock { $0 } }

  func report(_ event: Event) {
    switch event {
    case .warning(let finding): kept.withLock { $0.append(.init(.warning, finding)) }
    case .note(let finding): kept.withLock { $0.append(.init(.note, finding)) }
    case .connected, .planned, .began, .phase, .moved, .finished, .failed, .refreshing, .refreshed, .step,
      .loading:
      break
    }
  }
}
