import TimescaleDB

/// What a database without an encoding means for text. SQL_ASCII keeps bytes as they come; the other side, and a session
/// that speaks UTF-8, take them for characters, and refuse what is none.
struct EncodingComparison: ChecklistItem {
  let source: String
  let target: String

  private static let none = "SQL_ASCII"

  var findings: [CheckedFinding] {
    guard [source, target].contains(Self.none) else { return [] }
    return [.init(.warning, .databases(.noEncoding(source: source, target: target)))]
  }
}
