/// How a run is told.
struct OutputOptions: Equatable, Sendable {
  var detail = Detail.normal
  var hasTimestamps = false
  /// A path.
  var logFile: String?
  /// What was asked for, as it may be written down: without connection strings.
  var commandLine = ""
}

extension CommandLineParser {
  /// How the run that the words ask for is to be told.
  static func output(_ words: [String]) throws(UsageError) -> OutputOptions {
    guard case .run(let request) = try Request.read(words) else { return OutputOptions() }
    return OutputOptions(
      detail: request.flags.contains(.quiet) ? .quiet : request.flags.contains(.verbose) ? .verbose : .normal,
      hasTimestamps: request.flags.contains(.timestamps), logFile: request.values[.logFile],
      commandLine: request.commandLine)
  }
}

extension Request {
  /// `copy --source=... --parallelism=2`: connection strings aren't told, and what a shell would take apart is quoted.
  fileprivate var commandLine: String {
    let given = Option.allCases.flatMap { option -> [String] in
      if flags.contains(option) { return ["--\(option.long)"] }
      let texts = lists[option] ?? values[option].map { [$0] } ?? []
      return texts.map {
        "--\(option.long)=" + (option.isSecret ? "..." : $0.isEmpty ? "" : ShellWord.quoted($0))
      }
    }
    return ([subcommand.name] + given + files.map(\.shown.word)).joined(separator: " ")
  }
}
