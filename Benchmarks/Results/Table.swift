import Foundation

/// Cells, to be written as text or as Markdown.
struct Table {
  var title: String
  var header: [String]
  var rows: [[String]] = []

  /// Aligned columns; all but the first `leading` to the right.
  func text(leading: Int) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let lines = all.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < leading ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    return ([title] + lines.map { "  " + $0 }).joined(separator: "\n")
  }

  func markdown(leading: Int) -> String {
    let rule = header.indices.map { $0 < leading ? "---" : "---:" }
    let lines = ([header, rule] + rows).map { row in
      "| " + row.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return (["**\(title)**", ""] + lines).joined(separator: "\n")
  }
}
