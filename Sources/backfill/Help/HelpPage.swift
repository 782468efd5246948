/// A page of help: what `--help` prints on standard output. No line is wider than 80 columns.
struct HelpPage {
  var usage: String
  /// Paragraphs, wrapped here.
  var purpose: [String]
  var sections: [Section]

  struct Section {
    var title: String
    var lines: [String]
  }

  static let width = 80

  var text: String {
    var blocks = ["Usage: \(usage)"]
    blocks += purpose.map { Self.wrapped($0).joined(separator: "\n") }
    for section in sections {
      let body = section.lines.map { $0.isEmpty ? "" : "  " + $0 }
      blocks.append(([section.title + ":"] + body).joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// Two columns: what to type, and what it does, wrapped beside it.
  static func table(_ rows: [(term: String, meaning: String)]) -> [String] {
    let column = (rows.map(\.term.count).max() ?? 0) + 2
    return rows.flatMap { row in
      wrapped(row.meaning, width: width - 2 - column).enumerated().map { index, line in
        let term = index == 0 ? row.term : ""
        return term + String(repeating: " ", count: column - term.count) + line
      }
    }
  }

  static func wrapped(_ text: String, width: Int = HelpPage.width) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
