import Postgres
import Synchronization

/// Tells a person who keeps the workers from locks on the target that they wait for.
final class LockWatch: Sendable {
  /// The least time between two messages: a wait that lasts would fill the screen.
  static let silence = Duration.seconds(15)

  private let reporter: any Reporter
  private let told = Mutex<ContinuousClock.Instant?>(nil)

  init(reporter: any Reporter) { self.reporter = reporter }

  func look(at holders: [LockHolder]) {
    guard !holders.isEmpty else { return }
    let isTime = told.withLock { told in
      if let last = told, last + Self.silence > .now { return false }
      told = .now
      return true
    }
    guard isTime else { return }
    let who = holders.map(\.description).joined(separator: "; ")
    reporter.report(.warning("target: waiting for a \(who)"))
  }
}
