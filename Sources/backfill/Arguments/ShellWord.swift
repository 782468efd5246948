import Postgres

/// A word as one gives it to a shell.
enum ShellWord {
  /// Quoted where a POSIX shell would read it otherwise.
  static func quoted(_ word: String) -> String {
    guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
    return inQuotes(word)
  }

  static func inQuotes(_ word: String) -> String { "'" + word.replacing(part: "'", with: "'\\''") + "'" }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_.,:/@%+=".utf8.contains(byte)
    }
  }
}
