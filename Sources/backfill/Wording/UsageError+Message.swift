import Postgres

extension UsageError {
  /// What is wrong, in one line.
  var message: String {
    switch self {
    case .noSubcommand: "no subcommand given"
    case .unknownSubcommand(let word, _): "unknown subcommand: \(word)"
    case .unknownAction(let word, let group, _): "unknown after \(group): \(word)"
    case .missingAction(let group): "\(group) needs a second word"
    case .unknownTopic(let word, _): "no help is available on \(word)"
    case .unknownOption(let word, _): "unknown option: \(word)"
    case .misplacedOption(let option, let subcommand):
      "\(subcommand.name) has no option --\(option.long)"
    case .unexpectedArgument(let word, let subcommand): "unexpected after \(subcommand.name): \(word)"
    case .missingValue(let option, _): "--\(option.long) needs a value"
    case .emptyValue(let option): "the value of --\(option.long) is empty"
    case .valueForFlag(let option): "--\(option.long) takes no value"
    case .repeated(let option): "--\(option.long) is given more than once"
    case .badValue(let option, let word, let wanted): "--\(option.long) takes \(wanted), got: \(word)"
    case .malformedConnection(let option, let fromEnvironment, let reason):
      "\(Self.place(option, fromEnvironment)) is not a connection string that libpq can read"
        + (reason.map { ": \($0.text)" } ?? "")
    case .missingOptions(let options, let subcommand):
      "\(subcommand.name) needs \(Self.list(options.map { "--\($0.long)" }, "and"))"
    case .missingFiles(let subcommand): "\(subcommand.name) needs at least one FILE"
    case .alternatives(let first, let second): "--\(first.long) and --\(second.long) exclude each other"
    case .alone(let option, let others, let subcommand):
      "\(subcommand.name) takes --\(option.long) only with \(Self.list(others.map { "--\($0.long)" }, "or"))"
    case .watchedDocument: "--watch and --json exclude each other"
    case .reportBesideDocument: "--output - and --json exclude each other"
    case .unusableFile(let option, let reason): "the file of --\(option.long) can't be opened: \(reason)"
    case .nobodyToAsk: "migrate asks before each step, and standard input and output are no terminal"
    case .notUnicode(let position): "argument \(position) is not valid UTF-8"
    }
  }

  /// What to do about it.
  var hint: String? {
    switch self {
    case .noSubcommand: "run '\(Version.program) help'"
    case .unknownSubcommand(_, let suggestion?): "did you mean \(suggestion)?"
    case .unknownSubcommand(_, nil):
      "the subcommands are \(Self.list(Subcommand.allCases.map(\.name), "and"))"
    case .unknownAction(_, _, let suggestion?): "did you mean \(suggestion)?"
    case .unknownAction(_, let group, nil), .missingAction(let group):
      "write \(Self.list(Subcommand.inGroup(group).map(\.name), "or"))"
    case .unknownTopic(_, let suggestion?): "did you mean \(suggestion)?"
    case .unknownTopic(_, nil): "run '\(Version.program) help topics' for a list"
    case .unknownOption(_, let suggestion?): "did you mean \(suggestion)?"
    case .unknownOption(_, nil): "run '\(Version.program) help' or the subcommand with --help"
    case .misplacedOption(let option, _):
      "it is an option of \(Self.list(Subcommand.accepting(option).map(\.name), "and"))"
    case .unexpectedArgument(_, let subcommand):
      "everything after \(subcommand.name) has an option's name before it; "
        + "put values that contain spaces into quotes"
    case .missingValue(let option, nextLooksLikeOption: true):
      "if the value begins with a dash, write --\(option.long)=VALUE"
    case .missingValue(let option, nextLooksLikeOption: false):
      "write --\(option.long) \(option.placeholder ?? "VALUE")"
    case .emptyValue: "is it from a shell variable that is not set?"
    case .missingFiles: "write the names of files behind the options, or - for standard input"
    case .valueForFlag, .repeated, .badValue, .alternatives, .notUnicode, .unusableFile: nil
    case .alone(.again, _, _):
      "--differing copies those chunks again in which verify found a difference, --filter REGEX those of hypertables and "
        + "continuous aggregates"
    case .alone(.filter, _, .copy): "stage decides what is copied"
    case .alone: nil
    case .malformedConnection:
      "write postgresql://user@host:port/database or 'host=... dbname=...'; in a URI, characters of a "
        + "password that are not letters or digits are written as %XX"
    case .missingOptions(let options, _): Self.variables(options)
    case .reportBesideDocument: "write the report to a file"
    case .nobodyToAsk: "with --yes it does not ask (help migrating)"
    case .watchedDocument: "run '\(Version.program) status --json' as often as you like"
    }
  }

  private static func place(_ option: Option, _ fromEnvironment: Bool) -> String {
    let variable = fromEnvironment ? option.environmentVariable : nil
    return variable.map { "the environment variable \($0)" } ?? "the value of --\(option.long)"
  }

  private static func variables(_ options: [Option]) -> String? {
    let names = options.compactMap(\.environmentVariable)
    guard !names.isEmpty else { return nil }
    return "connection strings may also come from the environment: \(list(names, "and"))"
  }

  /// `a, b and c`
  private static func list(_ words: [String], _ conjunction: String) -> String {
    guard let last = words.last, words.count > 1 else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}
