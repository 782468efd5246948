import BackfillCommands
import Glibc
import Postgres
import Waiting

/// The whole run, from words to exit code.
enum Program {
  static func run() -> ExitCode {
    Surroundings.openStandardDescriptors()
    // A pipe that nobody reads any more is no reason to stop: write says EPIPE, and we write no more.
    signal(SIGPIPE, SIG_IGN)
    let environment = Surroundings.environment()
    let isLive = TerminalFacts.isLive(STDOUT_FILENO, environment: environment)
    let started = Timestamp.now
    let presentation = Presentation(words: Surroundings.repairedWords())
    var console = Console.standard(OutputOptions(), presentation, environment)

    let invocation: Invocation
    var output = OutputOptions()
    do throws(UsageError) {
      let words = try Surroundings.words()
      ProcessTitle.hideConnectionStrings()
      invocation = try CommandLineParser.parse(words, environment: environment)
      output = try CommandLineParser.output(words)
      console = try Console.logging(output, presentation, environment)
    } catch {
      return refuse(error, console, presentation, started: started)
    }
    switch invocation {
    case .version:
      console.say([Version.line])
      return .done
    case .help(let topic):
      DescriptorSink(STDOUT_FILENO).write(topic.text)
      return .done
    case .run(let command) where command.fillsStandardOutput:
      let lines = presentation.hasLines ? JSONLineReporter(console, command, started: started) : nil
      return fill(command, console, silenceLimit: Surroundings.silenceLimit(environment), lines: lines)
    case .run(let command) where presentation.isDocument:
      return answer(
        command, console, presentation, started: started, silenceLimit: Surroundings.silenceLimit(environment)
      )
    case .run(let command):
      let lines = presentation.hasLines ? JSONLineReporter(console, command, started: started) : nil
      return perform(
        command, console, output, isLive: isLive, silenceLimit: Surroundings.silenceLimit(environment),
        lines: lines)
    case .watch(let status, let pause):
      return StatusWatch(console: console, isLive: isLive, pause: pause).run(
        status, silenceLimit: Surroundings.silenceLimit(environment))
    }
  }

  private static func refuse(
    _ error: UsageError, _ console: Console, _ presentation: Presentation, started: Timestamp
  ) -> ExitCode {
    if presentation.isDocument {
      console.say(document: Document(error, words: Surroundings.repairedWords(), started: started))
    }
    if error == .noSubcommand, !presentation.hasLines {
      DescriptorSink(STDERR_FILENO).write(HelpPage.main.text)
    } else {
      console.complain(Message(error))
    }
    return .usage
  }

  /// Runs a command that answers with one document.
  private static func answer(
    _ command: Command, _ console: Console, _ presentation: Presentation, started: Timestamp,
    silenceLimit: SilenceLimit
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    let record = DocumentReporter(console)
    let lines = presentation.hasLines ? JSONLineReporter(console, command, started: started) : nil
    let answer = Answer(console, lines)
    SignalListener().listen(interrupt, console, hasChunks: command.activity != nil) {
      answer.give(Document(leaving: command, told: record.told, started: started))
    }
    console.startWriting()
    lines?.start()
    let reporter = Reporters(record, lines)
    let outcome = Blocking.wait { await command.outcome(interrupt, reporter) }
    let exit = outcome.exitCode(stage: interrupt.stage)
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    answer.give(Document(outcome, of: command, exit: exit, told: record.told, started: started))
    if !console.finish() { console.tellUnread() }
    return exit
  }

  /// Runs a command that writes its result to standard output itself.
  private static func fill(
    _ command: Command, _ console: Console, silenceLimit: SilenceLimit, lines: JSONLineReporter?
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console, hasChunks: false) {
      lines?.end(.stopped)
      return .stopped
    }
    console.startWriting()
    lines?.start()
    let reporter = Reporters(DocumentReporter(console), lines)
    let outcome = Blocking.wait { await command.outcome(interrupt, reporter) }
    let exit = outcome.exitCode(stage: interrupt.stage)
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    lines?.end(exit, outcome)
    console.finish()
    return exit
  }

  private static func perform(
    _ command: Command, _ console: Console, _ output: OutputOptions, isLive: Bool,
    silenceLimit: SilenceLimit, lines: JSONLineReporter?
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console, hasChunks: command.activity != nil) {
      lines?.end(.stopped)
      return .stopped
    }
    // After the signals are blocked, which threads inherit.
    console.startWriting()
    if output.detail >= .normal { console.tell([.output(Version.line)]) }
    lines?.start()
    let size: @Sendable () -> (columns: Int, rows: Int) = { TerminalFacts.size(of: STDOUT_FILENO) }
    let telling = RunTelling(
      console, activity: command.activity, detail: output.detail, size: isLive && lines == nil ? size : nil)
    telling.start()
    let outcome = Blocking.wait { await command.outcome(interrupt, Reporters(telling, lines)) }
    telling.finish()
    let summary = RunSummary(
      outcome, columns: isLive ? TerminalFacts.size(of: STDOUT_FILENO).columns : nil)
    console.say(summary.results)
    for problem in summary.problems { console.complain(problem) }
    console.log?.tell(Telling.logged(outcome))
    let exit = outcome.exitCode(stage: interrupt.stage)
    lines?.end(exit, outcome)
    if !console.finish() { console.tellUnread() }
    return exit
  }
}
