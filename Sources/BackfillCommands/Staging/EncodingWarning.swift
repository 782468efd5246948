import TimescaleDB

/// What a database without an encoding means for text. SQL_ASCII keeps bytes as they come; the other side, and a session
/// that speaks UTF-8, take them for characters, and refuse what is none.
enum EncodingWarning {
  private static let none = "SQL_ASCII"

  /// - Returns: nil where both sides know what characters their text is made of.
  static func text(source: Installation, target: Installation) -> String? {
    text(source: source.encoding, target: target.encoding)
  }

  static func text(source: String, target: String) -> String? {
    switch (source == none, target == none) {
    case (false, false): nil
    case (true, true):
      "both databases are encoded in SQL_ASCII, which is none: chunks with text that isn't valid UTF-8 can't be copied"
    case (true, false):
      "the source is encoded in SQL_ASCII, which is none, the target in \(target): text is taken for UTF-8, and chunks "
        + "with text that isn't can't be copied"
    case (false, true):
      "the target is encoded in SQL_ASCII, which is none, the source in \(source): text arrives as UTF-8, and sorts and "
        + "compares there byte by byte"
    }
  }
}
