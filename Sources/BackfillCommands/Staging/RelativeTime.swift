/// Words in `--until` and `--from` that mean another time tomorrow, or none at all. The window has to be the same for
/// every hypertable and every run, as staging again compares it with the one before.
enum RelativeTime {
  /// PostgreSQL's special date/time inputs without "epoch" and "allballs", which are a time like any other.
  private static let words: Set<String> = ["now", "today", "tomorrow", "yesterday", "infinity"]

  /// The first such word in a text, in lower case; nil where there is none.
  static func word(in text: String) -> String? {
    text.lowercased().split { !$0.isLetter }.map(String.init).first(where: words.contains)
  }

  /// - Throws: `CommandFailure.usage` for a text with such a word.
  static func refuse(_ text: String, option: WindowOption) throws(CommandFailure) {
    guard let word = word(in: text) else { return }
    throw .usage(
      .time(word == "infinity" ? .infinite(option, text) : .relative(option, word: word)))
  }

  /// The same for all texts of a window.
  static func refuse(_ until: CompletionPoint?, from: String?) throws(CommandFailure) {
    for text in until?.texts ?? [] { try refuse(text, option: .until) }
    if let from { try refuse(from, option: .from) }
  }
}
