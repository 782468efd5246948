import BackfillCommands
import JSONValues
import Postgres
import Synchronization
import Waiting

/// Tells a run as lines of JSON: what happens, and every few seconds how far it is.
final class JSONLineReporter: Reporter {
  private let console: Console
  private let command: Command
  private let started: Timestamp
  private let clock: @Sendable () -> Duration
  private let gauge = Mutex(ProgressGauge())
  private let ended = Monitor(false)

  /// - Parameters:
  ///   - started: when the program began.
  ///   - clock: time since the run began; nil is the machine's.
  init(
    _ console: Console, _ command: Command, started: Timestamp, clock: (@Sendable () -> Duration)? = nil
  ) {
    self.console = console
    self.command = command
    self.started = started
    let began = ContinuousClock.now
    self.clock = clock ?? { began.duration(to: .now) }
  }

  func report(_ event: Event) {
    let time = clock()
    gauge.withLock { $0.take(event, at: time) }
    if let line = JSONLine(event) { console.say(line) }
  }

  /// Tells that the run begins, and from now on how far it is, until its end.
  func start(every interval: Duration = .seconds(5)) {
    console.say(
      JSONLine(
        event: "started",
        members: [
          JSON.Member("format", .whole(Document.format)), JSON.Member("program", .text(Version.program)),
          JSON.Member("version", .text(Version.number)),
          JSON.Member("command", .text(command.subcommand.name)),
        ]))
    guard command.activity != nil else { return }
    DedicatedThread.start { [self] in
      while !ended.wait(atMost: interval, until: { $0 }) { tellProgress() }
    }
  }

  func tellProgress() {
    let time = clock()
    if let line = gauge.withLock({ $0.line(at: time) }) { console.say(line) }
  }

  /// The last lines. Only the first end counts.
  func end(_ exit: ExitCode, _ outcome: Outcome? = nil) {
    end(outcome: Document.name(outcome, exit), exit, at: .now)
  }

  func end(_ document: Document) { end(outcome: document.outcome, document.exit, at: document.ended) }

  private func end(outcome: String, _ exit: ExitCode, at time: Timestamp) {
    let isFirst = ended.change { ended in
      defer { ended = true }
      return !ended
    }
    guard isFirst else { return }
    tellProgress()
    console.say(
      JSONLine(
        event: "ended",
        members: [
          JSON.Member("outcome", .text(outcome)), JSON.Member("exit", .integer(exit.rawValue)),
          JSON.Member("seconds", .seconds(time.since(started))),
        ]))
  }
}
