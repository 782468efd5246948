import BackfillCommands
import Postgres
import Synchronization
import Waiting

/// Lines as things happen, and every minute how far the run is: for pipes, files, terminals that can't redraw, and the
/// log.
final class LineReporter: Reporter {
  private let console: Console
  private let telling: Telling
  private let board: Mutex<ProgressBoard>
  private let ended = Monitor(false)
  private let clock: @Sendable () -> Duration

  /// - Parameter clock: time since the run began.
  init(_ console: Console, _ telling: Telling, clock: @escaping @Sendable () -> Duration) {
    self.console = console
    self.telling = telling
    self.clock = clock
    board = Mutex(ProgressBoard(activity: telling.activity ?? ""))
  }

  func report(_ event: Event) {
    let time = clock()
    board.withLock { $0.take(event, at: time) }
    console.tell(telling.entries(event))
  }

  /// Tells from now on how far the run is, until `finish`.
  func start(every interval: Duration = .seconds(60)) {
    guard telling.activity != nil, telling.detail >= .normal else { return }
    DedicatedThread.start { [self] in
      while !ended.wait(atMost: interval, until: { $0 }) { tellProgress() }
    }
  }

  func finish() { ended.change { $0 = true } }

  func tellProgress() {
    let time = clock()
    guard let line = board.withLock({ $0.summary(at: time) }) else { return }
    console.tell([.progress(line)])
  }
}
