/// Something for standard error, with what to do about it.
struct Message: Equatable, Sendable {
  enum Kind: String, Sendable {
    case error
    case warning
    /// Good to know; where standard error is for people, notes go to standard output.
    case note
    /// The run was asked to stop.
    case stopping
    /// The process is to be stopped for a while.
    case suspending
  }

  var kind: Kind
  var text: String
  var hint: String?
  /// What programs are told beside the words.
  var facts: Facts
  /// When it was told, where that is to be shown.
  var stamp: String?

  struct Facts: Equatable, Sendable {
    /// What kind of message it is. A code never changes its meaning.
    var code: String?
    /// The database and the relation that it is about, where it is one.
    var side: String?
    var object: String?
    /// Of the server's error behind it.
    var sqlState: String?
    var detail: String?
  }

  init(_ kind: Kind, _ text: String, hint: String? = nil, code: String? = nil) {
    self.kind = kind
    self.text = text
    self.hint = hint
    facts = Facts(code: code)
  }

  /// `error: ...`, then `hint: ...`, one line each unless the text has lines of its own.
  func lines(_ style: Style) -> [String] {
    let label = "\(kind.rawValue):"
    let coloured = kind == .error ? style.red(label) : style.yellow(label)
    let first = "\(coloured) \(SafeText.message(text))"
    let lines = [first] + (hint.map { ["hint: \(SafeText.message($0))"] } ?? [])
    return lines.map { Stamp.put(stamp, before: $0) }
  }
}
