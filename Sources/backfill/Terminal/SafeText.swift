/// Text from outside (names of chunks, what a server said) as it may be printed: it can't move the cursor,
/// change colours, turn the reading direction around or pass for a line of our own.
enum SafeText {
  /// For a place within a line: everything that isn't plainly visible is spelled out.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) { result += spelled(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// For a message that may have several lines of its own, such as a server's DETAIL: those stay, indented
  /// so that none passes for a new message.
  static func message(_ text: String, indent: String = "  ") -> String {
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: true)
    return lines.map { line(String($0).trimmedAtEnd) }.joined(separator: "\n" + indent)
  }

  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  private static func spelled(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var scalars = unicodeScalars[...]
    while let last = scalars.last, last == "\r" || last == " " || last == "\t" { scalars.removeLast() }
    return String(scalars)
  }
}
