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
    var console = Console.standard(OutputOptions(), environment)

    let started = Timestamp.now
    let invocation: Invocation
    var output = OutputOptions()
    var words: [String] = []
    do throws(UsageError) {
      words = try Surroundings.words()
      ProcessTitle.hideConnectionStrings()
      invocation = try CommandLineParser.parse(words, environment: environment)
      output = try CommandLineParser.output(words)
      console = try Console.logging(output, environment)
    } catch {
      if CommandLineParser.asksForDocument(words) {
        console.say(document: Document(error, words: words, started: started))
      }
      return refuse(error, console)
    }
    switch invocation {
    case .version:
      console.say([Version.line])
      return .done
    case .help(let topic):
      DescriptorSink(STDOUT_FILENO).write(topic.text)
      return .done
    case .run(let command) where command.fillsStandardOutput:
      return fill(command, console, silenceLimit: Surroundings.silenceLimit(environment))
    case .run(let command):
      return perform(
        command, console, output, isLive: isLive, silenceLimit: Surroundings.silenceLimit(environment))
    case .document(let command):
      return answer(
        command, console, started: started, silenceLimit: Surroundings.silenceLimit(environment))
    case .watch(let status, let pause):
      return StatusWatch(console: console, isLive: isLive, pause: pause).run(
        status, silenceLimit: Surroundings.silenceLimit(environment))
    }
  }

  private static func refuse(_ error: UsageError, _ console: Console) -> ExitCode {
    if error == .noSubcommand {
      DescriptorSink(STDERR_FILENO).write(HelpPage.main.text)
    } else {
      console.complain(Message(.error, error.message, hint: error.hint))
    }
    return .usage
  }

  /// Runs a command that answers with one document.
  private static func answer(
    _ command: Command, _ console: Console, started: Timestamp, silenceLimit: SilenceLimit
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console, hasChunks: command.activity != nil)
    console.startWriting()
    let reporter = DocumentReporter(console)
    let outcome = Blocking.wait { await command.outcome(interrupt, reporter) }
    let exit = outcome.exitCode(stage: interrupt.stage)
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    console.say(
      document: Document(
        outcome, of: command, exit: exit, warnings: reporter.warnings, started: started))
    if !console.finish() { console.tellUnread() }
    return exit
  }

  /// Runs a command that writes its result to standard output itself.
  private static func fill(
    _ command: Command, _ console: Console, silenceLimit: SilenceLimit
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console, hasChunks: false)
    console.startWriting()
    let reporter = DocumentReporter(console)
    let outcome = Blocking.wait { await command.outcome(interrupt, reporter) }
    for problem in RunSummary(outcome).problems { console.complain(problem) }
    console.finish()
    return outcome.exitCode(stage: interrupt.stage)
  }

  private static func perform(
    _ command: Command, _ console: Console, _ output: OutputOptions, isLive: Bool,
    silenceLimit: SilenceLimit
  ) -> ExitCode {
    let interrupt = Interrupt(silenceLimit: silenceLimit)
    SignalListener().listen(interrupt, console, hasChunks: command.activity != nil)
    // After the signals are blocked, which threads inherit.
    console.startWriting()
    if output.detail >= .normal { console.tell([.output(Version.line)]) }
    let size: @Sendable () -> (columns: Int, rows: Int) = { TerminalFacts.size(of: STDOUT_FILENO) }
    let telling = RunTelling(
      console, activity: command.activity, detail: output.detail, size: isLive ? size : nil)
    telling.start()
    let outcome = Blocking.wait { await command.outcome(interrupt, telling) }
    telling.finish()
    let summary = RunSummary(
      outcome, columns: isLive ? TerminalFacts.size(of: STDOUT_FILENO).columns : nil)
    console.say(summary.results)
    for problem in summary.problems { console.complain(problem) }
    console.log?.tell(Telling.logged(outcome))
    if !console.finish() { console.tellUnread() }
    return outcome.exitCode(stage: interrupt.stage)
  }
}
