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
    // Nor is a limit on the size of files (RLIMIT_FSIZE): write says EFBIG.
    signal(SIGXFSZ, SIG_IGN)
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
    case .version(let detailed):
      console.say([Version.line] + (detailed ? Version.details(library) : []))
      return .done
    case .help(let topic):
      DescriptorSink(STDOUT_FILENO).write(topic.text)
      return .done
    case .run(let command):
      CertificateAuthorities.tell(library, environment: environment)
      let run = CommandRun(
        command: command, console: console, started: started,
        silenceLimit: Surroundings.silenceLimit(environment), hasLines: presentation.hasLines)
      if command.fillsStandardOutput { return run.fill() }
      return presentation.isDocument ? run.answer() : run.tell(output.detail, isLive: isLive)
    case .migrate(let request):
      CertificateAuthorities.tell(library, environment: environment)
      return MigrateRun(
        request, output, console, isLive: isLive, silenceLimit: Surroundings.silenceLimit(environment))?
        .run() ?? refuse(.nobodyToAsk, console, presentation, started: started)
    case .watch(let status, let pause):
      CertificateAuthorities.tell(library, environment: environment)
      return StatusWatch(console: console, isLive: isLive, pause: pause).run(
        status, silenceLimit: Surroundings.silenceLimit(environment))
    }
  }

  /// Only read where it is of interest, as the kernel's list is long.
  private static var library: ClientLibrary {
    ClientLibrary.loaded(map: try? TextFile.read("/proc/self/maps"))
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
}
