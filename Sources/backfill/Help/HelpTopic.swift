/// What help is asked for: the overview, a subcommand, a page of the manual, or the list of these pages; or all of it, in a
/// form that other programs read.
enum HelpTopic: Equatable, Sendable {
  case overview
  case topics
  case subcommand(Subcommand)
  case page(ManualPage)
  case man
  case completions(Shell)

  /// The word behind `help`; nil if nothing is known about it.
  init?(_ word: String) {
    if let subcommand = Subcommand(rawValue: word) {
      self = .subcommand(subcommand)
    } else if word == Self.listName {
      self = .topics
    } else if let page = ManualPage.named(word) {
      self = .page(page)
    } else {
      return nil
    }
  }

  static let listName = "topics"

  /// Every word that help is available on.
  static var words: [String] {
    Subcommand.allCases.map(\.name) + [listName] + ManualPage.all.map(\.topic)
  }

  var text: String {
    switch self {
    case .overview: HelpPage.main.text
    case .topics: HelpPage.topics.text
    case .subcommand(.help): HelpPage.main.text
    case .subcommand(let subcommand): HelpPage.of(subcommand).text
    case .page(let page): page.text
    case .man: ManPage.text
    case .completions(let shell): shell.completions
    }
  }
}

/// Finds a topic in the words behind `help`: one, or the two of a subcommand.
struct HelpTopicReader {
  private(set) var topic: HelpTopic?
  /// The first word, as a message may show it.
  private(set) var word: Quotation?
  private var names = SubcommandReader()
  /// Whether another word may follow.
  private(set) var isOpen = true

  /// - Parameter quotation: the word as a message may show it.
  mutating func read(_ word: String, _ quotation: Quotation) throws(UsageError) {
    if topic == nil {
      guard let found = HelpTopic(word) else {
        throw .unknownTopic(quotation, suggestion: Spelling.suggestion(for: word, among: HelpTopic.words))
      }
      topic = found
      self.word = quotation
      isOpen = Subcommand.groups.contains(word)
      if isOpen { _ = try names.read(word, quotation) }
    } else {
      if let found = try names.read(word, quotation) { topic = .subcommand(found) }
      isOpen = false
    }
  }
}

extension HelpPage {
  static let topics = HelpPage(
    usage: "\(Version.program) help TOPIC",
    purpose: ["Prints a page of the manual."],
    sections: [
      Section(title: "Topics", lines: table(ManualPage.all.map { ($0.topic, $0.title) })),
      Section(title: "Subcommands", lines: wrapped(subcommands, width: width - 2)),
    ])

  private static var subcommands: String {
    let names = Subcommand.allCases.filter { $0 != .help }.map(\.name)
    return names.joined(separator: ", ") + ": the same as SUBCOMMAND --help."
  }
}
