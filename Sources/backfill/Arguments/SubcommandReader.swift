/// Finds a subcommand in words that come one after the other.
struct SubcommandReader {
  /// The first of two words, once it was read.
  private(set) var group: String?

  /// - Parameter quotation: the word as a message may show it.
  /// - Returns: nil where another word has to follow.
  mutating func read(_ word: String, _ quotation: Quotation) throws(UsageError) -> Subcommand? {
    if let found = find(word) { return found }
    if group == nil, Subcommand.groups.contains(word) {
      group = word
      return nil
    }
    guard let group else {
      let known = Subcommand.allCases.map(\.firstWord)
      throw .unknownSubcommand(quotation, suggestion: Spelling.suggestion(for: word, among: known))
    }
    let known = Subcommand.inGroup(group).map(\.lastWord)
    let suggestion = Spelling.suggestion(for: word, among: known).map { "\(group) \($0)" }
    throw .unknownAction(quotation, group: group, suggestion: suggestion)
  }

  /// The subcommand that a word makes, with the one before it where that stands for a group.
  func find(_ word: String) -> Subcommand? {
    Subcommand(rawValue: group.map { "\($0) \(word)" } ?? word)
  }
}

extension Subcommand {
  var firstWord: String { String(name.prefix { $0 != " " }) }
  var lastWord: String { String(name[firstWord.endIndex...].drop { $0 == " " }) }

  /// Words that stand before others.
  static var groups: Set<String> { Set(allCases.filter { !$0.lastWord.isEmpty }.map(\.firstWord)) }

  static func inGroup(_ group: String) -> [Subcommand] {
    allCases.filter { $0.firstWord == group && !$0.lastWord.isEmpty }
  }
}
