import BackfillCommands
import Postgres
import Synchronization

/// What a command told while it ran, and a document repeats.
struct Told: Sendable {
  var databases: [Side: ConnectedDatabase] = [:]
  var warnings: [Message] = []
  var notes: [Message] = []
}

/// Keeps what is told, and tells warnings and failures on standard error as always. Nothing else is told while a command
/// runs that answers with a document.
final class DocumentReporter: Reporter {
  private let console: Console
  private let kept = Mutex(Told())

  init(_ console: Console) { self.console = console }

  var told: Told { kept.withLock { $0 } }

  func report(_ event: Event) {
    switch event {
    case .connected(let database): kept.withLock { $0.databases[database.side] = database }
    case .note(let finding): kept.withLock { $0.notes.append(Message(.note, finding)) }
    case .warning(let finding):
      let message = Message(.warning, finding)
      kept.withLock { $0.warnings.append(message) }
      console.tell([.message(message)])
    case .failed(let chunk): console.tell([.message(ChunkLine.message(chunk))])
    case .planned, .began, .phase, .moved, .finished, .refreshing, .refreshed, .step, .loading: break
    }
  }
}

/// Two reporters, of which the second need not be there.
final class Reporters: Reporter {
  private let first: any Reporter
  private let second: (any Reporter)?

  init(_ first: any Reporter, _ second: (any Reporter)?) {
    self.first = first
    self.second = second
  }

  func report(_ event: Event) {
    first.report(event)
    second?.report(event)
  }
}
