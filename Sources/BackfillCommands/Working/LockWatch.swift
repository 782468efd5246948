import Postgres
import Synchronization
import TaskEngine
import Waiting

/// Tells a person who keeps the workers from locks that they wait for.
final class LockWatch: Sendable {
  /// The least time between two messages: a wait that lasts would fill the screen.
  static let silence = Duration.seconds(15)
  /// How long nothing may move before the source is looked at, on which a run has no session to spare.
  private static let stillness = Duration.seconds(15)

  private struct State {
    var told: ContinuousClock.Instant?
    var progress: Int64 = -1
    var moved = ContinuousClock.now
  }

  private let setting: RunSetting
  private let reporter: any Reporter
  private let state = Mutex(State())

  init(_ setting: RunSetting, reporter: any Reporter) {
    self.setting = setting
    self.reporter = reporter
  }

  /// - Parameters:
  ///   - holders: who keeps workers from locks on the target.
  ///   - progress: what grows with the work done.
  func look(at holders: [LockHolder], progress: Int64) async {
    let isStill = state.withLock { state in
      if state.progress != progress {
        state.progress = progress
        state.moved = .now
      }
      return state.moved + Self.stillness < .now
    }
    if !holders.isEmpty {
      tell(holders, side: .target)
    } else if isStill, isTime {
      tell(await DedicatedThread.run { self.holdersOnSource() }, side: .source)
    }
  }

  private var isTime: Bool { state.withLock { $0.told.map { $0 + Self.silence < .now } ?? true } }

  private func tell(_ holders: [LockHolder], side: Side) {
    guard !holders.isEmpty, isTime else { return }
    state.withLock { $0.told = .now }
    reporter.report(
      .warning(.work(.awaitingLocks(side, operation: nil, holders: holders))))
  }

  private func holdersOnSource() -> [LockHolder] {
    state.withLock { $0.moved = .now }
    guard let source = setting.source else { return [] }
    do {
      let session = try Connection.open(
        source, side: .source, settings: setting.settings, purpose: "watch",
        interrupt: setting.control.interrupt, timeout: 3)
      return try LockHolder.all(on: session)
    } catch {
      // The workers say what is wrong with the server.
      return []
    }
  }
}
