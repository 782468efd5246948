import Postgres

/// A page in the man macros of roff, which groff and mandoc read alike. See man(7).
struct Roff {
  private(set) var text = ""

  mutating func header(_ name: String, date: String, version: String, manual: String) {
    line(".TH \(Self.escaped(name.uppercased())) 1 \"\(date)\" \"\(Self.escaped(version))\" \"\(manual)\"")
    // Neither hyphenation nor adjusted lines: names of options are to be copied.
    line(".nh")
    line(".ad l")
  }

  mutating func section(_ title: String) { line(".SH \(title)") }

  mutating func subsection(_ title: String) { line(".SS \"\(Self.escaped(title))\"") }

  mutating func synopsis(_ program: String, _ argument: String, optional: String) {
    line(".B \(Self.escaped(program))")
    line(".I \(argument)")
    line(".RI [ \(optional) ]")
  }

  mutating func paragraph(_ text: String) {
    // The first one belongs to the heading.
    if !isAfterHeading { line(".PP") }
    lines(text)
  }

  mutating func option(_ names: [String], _ value: String?, isOptional: Bool, _ meaning: String) {
    let spelled = names.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
    let value = value.map { isOptional ? "[=\\fI\($0)\\fR]" : " \\fI\($0)\\fR" } ?? ""
    line(".TP")
    line(spelled + value)
    lines(meaning)
  }

  mutating func term(_ term: String, _ meaning: String) {
    line(".TP")
    line("\\fB\(Self.escaped(term))\\fR")
    lines(meaning)
  }

  mutating func example(_ commands: [String]) {
    line(".PP")
    line(".RS 4")
    line(".nf")
    for command in commands { line(Self.guarded(Self.escaped(command))) }
    line(".fi")
    line(".RE")
  }

  private var isAfterHeading: Bool {
    let last = text.split(separator: "\n").last ?? ""
    return last.hasPrefix(".SH") || last.hasPrefix(".SS")
  }

  private mutating func lines(_ text: String) {
    for piece in HelpPage.wrapped(text, width: 76) { line(Self.guarded(Self.escaped(piece))) }
  }

  private mutating func line(_ text: String) { self.text += text + "\n" }

  /// A line that begins with a dot or a quotation mark would be a request.
  private static func guarded(_ text: String) -> String {
    text.hasPrefix(".") || text.hasPrefix("\\(aq") || text.hasPrefix("'") ? "\\&" + text : text
  }

  /// As it is, and not as a typesetter has it: `-` is no hyphen, `'` no apostrophe.
  static func escaped(_ text: String) -> String {
    [
      ("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti"),
      ("\"", "\\(dq"),
    ]
    .reduce(text) { $0.replacing(part: $1.0, with: $1.1) }
  }
}
