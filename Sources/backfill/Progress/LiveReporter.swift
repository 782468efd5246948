import BackfillCommands
import Postgres
import Synchronization
import Waiting

/// The live display: events only change the board, and a thread of its own draws it a few times a second.
final class LiveReporter: Reporter {
  private struct State {
    var board: ProgressBoard
    var waiting: [ConsoleEntry] = []
  }

  /// Eight times a second looks alive and costs nothing.
  private static let interval = Duration.milliseconds(125)

  private let state: Mutex<State>
  /// Held while drawing; true once the display has ended for good.
  private let drawing = Mutex(false)
  private let console: Console
  private let telling: Telling
  private let clock: @Sendable () -> Duration
  private let size: @Sendable () -> (columns: Int, rows: Int)

  /// - Parameters:
  ///   - clock: time since the run began.
  ///   - size: of the terminal, asked at every redraw.
  init(
    console: Console, _ telling: Telling, clock: @escaping @Sendable () -> Duration,
    size: @escaping @Sendable () -> (columns: Int, rows: Int)
  ) {
    self.console = console
    self.telling = telling
    self.clock = clock
    self.size = size
    state = Mutex(State(board: ProgressBoard(activity: telling.activity ?? "")))
  }

  func report(_ event: Event) {
    let time = clock()
    let entries = telling.entries(event, columns: size().columns)
    state.withLock {
      $0.board.take(event, at: time)
      $0.waiting += entries
    }
  }

  /// Draws until `finish`.
  func start() {
    DedicatedThread.start { [self] in
      while draw() { DedicatedThread.sleep(Self.interval) }
    }
  }

  /// Tells what is still to be told and takes the live lines away.
  func finish() {
    drawing.withLock { ended in
      show(live: false)
      ended = true
    }
  }

  /// - Returns: false once the display has ended.
  @discardableResult
  func draw() -> Bool {
    drawing.withLock { ended in
      if !ended { show(live: true) }
      return !ended
    }
  }

  private func show(live: Bool) {
    let time = clock()
    let (columns, rows) = size()
    let (entries, lines) = state.withLock { state in
      defer { state.waiting = [] }
      return (state.waiting, live ? state.board.lines(at: time, columns: columns, rows: rows) : [])
    }
    console.redraw(entries, live: lines)
  }
}
