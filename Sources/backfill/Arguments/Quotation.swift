/// A word of the command line as an error message may show it.
///
/// Connection strings hold passwords, and a shell splits one that lacks quotes into several words; so what
/// looks like one, or may be a piece of one, is described by its position only.
enum Quotation: Equatable, Sendable, CustomStringConvertible {
  case shown(String)
  /// Counted from 1, as `$1` is.
  case hidden(position: Int)

  /// - Parameter afterSecret: a connection string came earlier on the command line.
  init(_ word: String, position: Int, afterSecret: Bool) {
    let marks = Set(word.unicodeScalars)
    let revealing = marks.contains("=") || marks.contains("@") || marks.isSuperset(of: [":", "/"])
    self = revealing || afterSecret ? .hidden(position: position) : .shown(word)
  }

  /// As a word of a command line.
  var word: String {
    switch self {
    case .shown(let word): ShellWord.quoted(SafeText.line(word))
    case .hidden: "..."
    }
  }

  var description: String {
    switch self {
    case .shown(let word): "\"\(SafeText.line(word))\""
    case .hidden(let position): "argument \(position) (not shown, as it may hold a password)"
    }
  }
}
