import BackfillCommands
import Glibc
import Postgres
import Waiting

/// A command from its first word to its exit code.
struct CommandRun {
  private let command: Command
  private let console: Console
  private let started: Timestamp
  private let silenceLimit: SilenceLimit
  private let lines: JSONLineReporter?

  /// - Parameters:
  ///   - started: when the program began.
  ///   - hasLines: standard error has lines of JSON, and nothing else.
  init(
    command: Command, console: Console, started: Timestamp, silenceLimit: SilenceLimit, hasLines: Bool
  ) {
    self.command = command
    self.console = console
    self.started = started
    self.silenceLimit = silenceLimit
    lines = hasLines ? JSONLineReporter(console, command, started: started) : nil
  }

  /// Answers with one document.
  func answer() -> ExitCode {
    let record = DocumentReporter(console)
    let answer = Answer(console, lines)
    let (outcome, exit) = perform(record) { [command, started] in
      answer.give(Document(leaving: command, told: record.told, started: started))
    }
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    answer.give(Document(outcome, of: command, exit: exit, told: record.told, started: started))
    if !console.finish() { console.tellUnread() }
    return exit
  }

  /// Has the command write its result to standard output itself.
  func fill() -> ExitCode {
    let (outcome, exit) = perform(DocumentReporter(console), leaving: endLines)
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    lines?.end(exit, outcome)
    console.finish()
    return exit
  }

  /// Tells people how it goes, and what came of it.
  func tell(_ detail: Detail, isLive: Bool) -> ExitCode {
    let size: @Sendable () -> (columns: Int, rows: Int) = { TerminalFacts.size(of: STDOUT_FILENO) }
    let telling = RunTelling(
      console, activity: command.activity, detail: detail, size: isLive && lines == nil ? size : nil)
    let (outcome, exit) = perform(telling, leaving: endLines) {
      if detail >= .normal { console.tell([.output(Version.line)]) }
      telling.start()
    }
    telling.finish()
    console.conclude(outcome, RunSummary(outcome, columns: isLive ? size().columns : nil))
    lines?.end(exit, outcome)
    if !console.finish() { console.tellUnread() }
    return exit
  }

  /// - Parameters:
  ///   - leaving: what to say when a signal leaves the command alone; returns the exit code to leave with.
  ///   - opening: what is told before the command begins.
  private func perform(
    _ reporter: any Reporter, leaving: @escaping @Sendable () -> ExitCode, opening: () -> Void = {}
  ) -> (outcome: Outcome, exit: ExitCode) {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(
      interrupt, console, telling: { [command] in $0.message(hasChunks: command.activity != nil) },
      leaving: leaving)
    // After the signals are blocked, which threads inherit.
    console.startWriting()
    opening()
    lines?.start()
    let outcome = Blocking.wait { [command, lines] in
      await command.outcome(interrupt, Reporters(reporter, lines))
    }
    return (outcome, outcome.exitCode(stage: interrupt.stage))
  }

  private var endLines: @Sendable () -> ExitCode {
    { [lines] in
      lines?.end(.stopped)
      return .stopped
    }
  }
}

extension Console {
  /// Tells what came of a command.
  func conclude(_ outcome: Outcome, _ summary: RunSummary) {
    say(summary.results)
    for problem in summary.problems { complain(problem) }
    log?.tell(Telling.logged(outcome))
  }
}
