/// The text form of a one-dimensional array,
/// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
enum ArrayLiteral {
  /// nil when the text isn't a one-dimensional array; a NULL element reads as the text NULL.
  static func elements(of text: String) -> [String]? {
    var scalars = Substring(text).unicodeScalars
    guard scalars.popFirst() == "{", scalars.popLast() == "}" else { return nil }
    if scalars.isEmpty { return [] }
    var elements: [String] = []
    var element = String.UnicodeScalarView()
    var quoted = false
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\\":
        guard let next = scalars.popFirst() else { return nil }
        element.append(next)
      case "\"": quoted.toggle()
      case "," where !quoted:
        elements.append(String(element))
        element = String.UnicodeScalarView()
      case "{" where !quoted, "}" where !quoted: return nil
      default: element.append(scalar)
      }
    }
    elements.append(String(element))
    return quoted ? nil : elements
  }
}
