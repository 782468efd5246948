/// The lines at the bottom of the terminal that are drawn over again, as text with control sequences.
///
/// Between two frames the cursor stays at the end of the last live line. It is never hidden, so that there is
/// nothing to restore however the program ends. No live line is as wide as the terminal: none wraps, and
/// the number of lines is the number of rows to go back. Only in a window that was made narrower they may have wrapped.
struct LiveRegion {
  private var shown: [String] = []

  /// Puts `scrolled` above a region that then shows `live`; an empty `live` ends it.
  ///
  /// - Parameter columns: of the terminal now.
  mutating func frame(scrolled: [String], live: [String], columns: Int? = nil) -> String {
    guard scrolled.isEmpty, !live.isEmpty, !shown.isEmpty, !isWrapped(columns) else {
      var text = erasure(columns: columns)
      for line in scrolled { text += line + "\n" }
      shown = live
      return text + live.joined(separator: "\n")
    }
    defer { shown = live }
    return home(columns) + live.indices.map(over).joined(separator: "\r\n")

    /// Writes a line over the one before, and takes away what is left of that; the last one, with all below, always, as the
    /// cursor ends there.
    func over(_ index: Int) -> String {
      if index == live.count - 1 { return live[index] + "\u{1B}[J" }
      return index < shown.count && shown[index] == live[index] ? "" : live[index] + "\u{1B}[K"
    }
  }

  /// Takes the region off the screen, the cursor where its first line began.
  mutating func erasure(columns: Int? = nil) -> String {
    guard !shown.isEmpty else { return "" }
    defer { shown = [] }
    return home(columns) + "\u{1B}[J"
  }

  /// To the beginning of the first line.
  private func home(_ columns: Int?) -> String {
    let height = shown.reduce(0) { $0 + Self.rows(of: $1, columns: columns) }
    return height > 1 ? "\r\u{1B}[\(height - 1)A" : "\r"
  }

  /// Terminals wrap lines anew when their window is made narrower. A few, such as xterm, cut them off instead; there, some
  /// of the finished lines above are taken away too.
  private static func rows(of line: String, columns: Int?) -> Int {
    guard let columns, columns > 0 else { return 1 }
    return max(1, (width(of: line) + columns - 1) / columns)
  }

  private func isWrapped(_ columns: Int?) -> Bool {
    shown.contains { Self.rows(of: $0, columns: columns) > 1 }
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
