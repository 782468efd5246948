import Postgres

/// A shell that can complete the program's command lines.
enum Shell: String, CaseIterable, Sendable {
  case bash
  case zsh
  case fish

  /// What the shell reads to do so, made from the tables that the parser reads by.
  var completions: String {
    switch self {
    case .bash: BashCompletions.text
    case .zsh: ZshCompletions.text
    case .fish: FishCompletions.text
    }
  }

  /// Names the command that has made the text, for whoever finds it in a file.
  var origin: String { "# Made by: \(Version.program) help --\(Option.completions.long) \(rawValue)" }

  /// The names that the program is called by.
  static let programs = [Version.program, "backfill"]
}

/// What a shell can offer for the value of an option.
enum OfferedValue: Equatable {
  case words([String])
  case files
  case directories
  /// Something that only the user knows.
  case unknown

  init(_ option: Option) {
    switch option {
    case .parallelism: self = .words(["auto"])
    case .completions: self = .words(Shell.allCases.map(\.rawValue))
    case .format: self = .words(["csv", "text"])
    case .onConflict: self = .words(["error", "skip", "update"])
    default:
      switch option.placeholder {
      case "FILE": self = .files
      case "DIR": self = .directories
      default: self = .unknown
      }
    }
  }
}

extension Option {
  /// Those whose value may be the next word.
  static var takingNextWord: [Option] { allCases.filter { $0.takesValue && !$0.valueIsOptional } }

  /// `--until`, and `-u` where there is one.
  var spellings: [String] { ["--\(long)"] + (short.map { ["-\($0)"] } ?? []) }
}

extension Subcommand {
  /// What it does, without a full stop.
  var hint: String { String(HelpPage.summary(self).dropLast()) }

  /// All that it takes, in the order of its help.
  var acceptedOptions: [Option] { options + outputOptions + Self.sharedOptions }

  /// What is typed first, each once: `jobs` stands for `jobs off` and others.
  static var firstWords: [String] {
    allCases.map(\.firstWord).reduce(into: []) { words, word in
      if !words.contains(word) { words.append(word) }
    }
  }

  /// What `help` can be followed by.
  static var topicWords: [String] {
    firstWords.filter { $0 != Self.help.name } + [HelpTopic.listName] + ManualPage.all.map(\.topic)
  }

  /// What an option does, as a shell shows it beside the name: a sentence, without its full stop.
  func hint(_ option: Option) -> String {
    let meaning = HelpPage.meaning(option, in: self)
    let end = meaning.utf8.firstPlace(of: ". ".utf8)?.lowerBound
    let sentence = String(end.map { meaning[..<$0] } ?? meaning[...])
    return sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }
}
