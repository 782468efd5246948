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
  static func refuse(_ text: String, option: String) throws(CommandFailure) {
    guard let word = word(in: text) else { return }
    throw .usage(
      word == "infinity"
        ? "\(option): \"\(text)\" is no point of time"
        : "\(option): \"\(word)\" is another time at every run",
      advice: "write the time itself, such as 2024-01-31T12:00:00Z, 2024-01-31 or 1700000000")
  }
}
