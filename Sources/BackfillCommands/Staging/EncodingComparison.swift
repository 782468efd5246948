import TimescaleDB

/// What a database without an encoding means for text. SQL_ASCII keeps bytes as they come; the other side, and a session
/// that speaks UTF-8, take them for characters, and refuse what is none.
enum EncodingComparison {
  private static let none = "SQL_ASCII"

  /// - Returns: nil where both sides know what characters their text is made of.
  static func finding(source: String, target: String) -> DatabaseFinding? {
    [source, target].contains(none) ? .noEncoding(source: source, target: target) : nil
  }
}
