import BackfillCommands
import Synchronization

/// Keeps warnings for the document, and tells them on standard error as always. Nothing else is told while a command runs
/// that answers with a document.
final class DocumentReporter: Reporter {
  private let console: Console
  private let kept = Mutex<[Finding]>([])

  init(_ console: Console) { self.console = console }

  var warnings: [Finding] { kept.withLock { $0 } }

  func report(_ event: Event) {
    switch event {
    case .warning(let finding):
      kept.withLock { $0.append(finding) }
      console.complain(Message(.warning, finding))
    case .failed(let chunk): console.complain(ChunkLine.message(chunk))
    case .connected, .note, .planned, .began, .phase, .moved, .finished, .refreshed: break
    }
  }
}
