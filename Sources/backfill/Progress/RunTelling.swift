import BackfillCommands
import Postgres

/// All who are told of a run: a person at the terminal, or what reads standard output, and the log.
final class RunTelling: Reporter {
  private let live: LiveReporter?
  private let lines: [LineReporter]

  /// - Parameters:
  ///   - activity: of commands that work through chunks.
  ///   - size: of the terminal; nil where standard output is none that can be redrawn.
  init(
    _ console: Console, activity: String?, detail: Detail,
    size: (@Sendable () -> (columns: Int, rows: Int))?
  ) {
    let began = ContinuousClock.now
    let clock = { @Sendable in began.duration(to: .now) }
    let telling = Telling(activity: activity, style: console.outputStyle, detail: detail)
    if let size, activity != nil, detail >= .normal {
      live = LiveReporter(console: console, telling, clock: clock, size: size)
    } else {
      live = nil
    }
    // The log misses nothing for what the terminal is spared.
    let log = Telling(activity: activity, detail: max(.normal, detail), isForLog: true)
    lines =
      (live == nil ? [LineReporter(console, telling, clock: clock)] : [])
      + (console.log.map { [LineReporter($0, log, clock: clock)] } ?? [])
  }

  func report(_ event: Event) {
    live?.report(event)
    for reporter in lines { reporter.report(event) }
  }

  func start() {
    live?.start()
    for reporter in lines { reporter.start() }
  }

  func finish() {
    live?.finish()
    for reporter in lines { reporter.finish() }
  }
}
