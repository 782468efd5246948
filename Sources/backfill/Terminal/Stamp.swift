import Postgres

/// The time in front of a line.
enum Stamp {
  /// ISO 8601, in UTC, always of the same width: `2026-11-29T13:15:00.250Z`.
  static func text(_ time: Timestamp) -> String {
    let milliseconds = time.microseconds / 1000
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let whole = Timestamp(microseconds: seconds * 1_000_000).rfc3339.dropLast()
    return "\(whole).\(String(1000 + rest).dropFirst())Z"
  }

  /// In front of each line of `text`.
  static func put(_ stamp: String?, before text: String) -> String {
    guard let stamp else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { "\(stamp) \($0)" }
      .joined(separator: "\n")
  }
}
