import Glibc
import Postgres

extension Console {
  /// Standard output and standard error as they were asked for.
  static func standard(
    _ options: OutputOptions, _ presentation: Presentation, _ environment: [String: String],
    log: Console? = nil
  ) -> Console {
    let clock: @Sendable () -> Timestamp = { .now }
    return Console(
      output: DescriptorSink(STDOUT_FILENO), errors: DescriptorSink(STDERR_FILENO),
      outputStyle: Style(isColoured: TerminalFacts.isLive(STDOUT_FILENO, environment: environment)),
      errorStyle: Style(isColoured: TerminalFacts.isLive(STDERR_FILENO, environment: environment)),
      errorForm: presentation.hasLines ? .lines : .text,
      columns: { TerminalFacts.size(of: STDOUT_FILENO).columns },
      clock: options.hasTimestamps ? clock : nil, log: log)
  }

  /// The same with the log, if one was asked for, which begins with the version and the command line.
  ///
  /// - Throws: `UsageError.unusableFile`.
  static func logging(
    _ options: OutputOptions, _ presentation: Presentation, _ environment: [String: String]
  ) throws(UsageError) -> Console {
    guard let path = options.logFile else { return standard(options, presentation, environment) }
    // Without the log: it is what the warning is about.
    let plain = standard(options, presentation, environment)
    let file: LogFile
    do throws(LogFile.Refusal) {
      file = try LogFile(path) { reason in
        plain.complain(
          Message(.warning, "the log can't be written to: \(reason)", hint: "the run goes on without it"))
      }
    } catch {
      throw .unusableFile(.logFile, reason: error.reason)
    }
    let log = Console(output: file, errors: file, clock: { .now })
    log.tell([.output(Version.line), .output("Command line: \(SafeText.line(options.commandLine))")])
    return standard(options, presentation, environment, log: log)
  }
}
