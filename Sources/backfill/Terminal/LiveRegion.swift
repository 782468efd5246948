/// The lines at the bottom of the terminal that are drawn over again, as text with control sequences.
///
/// Between two frames the cursor stays at the end of the last live line. It is never hidden, so that there is
/// nothing to restore however the program ends. No live line is as wide as the terminal: none wraps, and
/// the number of lines is the number of rows to go back.
struct LiveRegion {
  private var height = 0

  /// Puts `scrolled` above a region that then shows `live`; an empty `live` ends it.
  mutating func frame(scrolled: [String], live: [String]) -> String {
    var text = erasure()
    for line in scrolled { text += line + "\n" }
    text += live.joined(separator: "\n")
    height = live.count
    return text
  }

  /// Takes the region off the screen, the cursor where its first line began.
  mutating func erasure() -> String {
    guard height > 0 else { return "" }
    let up = height > 1 ? "\u{1B}[\(height - 1)A" : ""
    height = 0
    return "\r\(up)\u{1B}[J"
  }

  /// As many columns as `text` may take, counted as `fitted` does.
  static func width(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width(of: $1) } }

  private static func width(of scalar: Unicode.Scalar) -> Int { scalar.value < 0x1100 ? 1 : 2 }

  /// `text` cut to fit in front of the last column. What may be two columns wide counts as two, and nothing
  /// counts as none, so the estimate errs only towards shorter lines.
  static func fitted(_ text: String, columns: Int) -> String {
    let limit = max(1, columns - 1)
    var used = 0
    var result = ""
    for scalar in text.unicodeScalars {
      used += width(of: scalar)
      if used > limit { return String(result.unicodeScalars.dropLast(1)) + "…" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
