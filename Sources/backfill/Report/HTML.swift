/// HTML that is put together piece by piece, and is well-formed XML at the same time: every element is closed, every
/// attribute quoted. Names of elements and attributes are literals of the program; every `String` is text from outside,
/// and is escaped.
struct HTML {
  private(set) var text = ""

  typealias Attributes = KeyValuePairs<StaticString, String>

  mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
    tag(name, attributes, end: ">")
  }

  mutating func close(_ name: StaticString) { text += "</\(name)>" }

  /// An element without content: `<br/>`.
  mutating func void(_ name: StaticString, _ attributes: Attributes = [:]) {
    tag(name, attributes, end: "/>")
  }

  mutating func element(_ name: StaticString, _ attributes: Attributes = [:], _ content: String) {
    open(name, attributes)
    write(content)
    close(name)
  }

  mutating func element(
    _ name: StaticString, _ attributes: Attributes = [:], _ content: (inout HTML) -> Void
  ) {
    open(name, attributes)
    content(&self)
    close(name)
  }

  mutating func write(_ content: String) { text += Self.escaped(content) }

  /// Text of several lines, for an element that keeps them.
  mutating func write(lines content: String) {
    text += content.split(separator: "\n", omittingEmptySubsequences: false).map { Self.escaped(String($0)) }
      .joined(separator: "\n")
  }

  /// Markup that the program brings itself.
  mutating func raw(_ markup: StaticString) { text += "\(markup)" }

  /// Numbers and commands of a path, which are made of nothing that has to be escaped.
  ///
  /// - Parameter name: a class, nil for what most paths of the picture are.
  mutating func path(class name: StaticString?, _ path: SVGPath, title: String? = nil) {
    text += name.map { "<path class=\"\($0)\" d=\"\(path.text)\"" } ?? "<path d=\"\(path.text)\""
    guard let title else {
      text += "/>"
      return
    }
    text += "><title>"
    write(lines: title)
    text += "</title></path>"
  }

  /// A picture 1000 units wide, stretched to the width that there is, and told in words to whoever doesn't see it.
  ///
  /// - Parameters:
  ///   - id: what no other picture of the page is called.
  ///   - height: in pixels.
  ///   - attributes: beside those that every picture has.
  mutating func picture(
    id: String, height: Int, title: String, description: String, _ attributes: Attributes = [:],
    _ content: (inout HTML) -> Void
  ) {
    let ids = (title: "\(id)-title", description: "\(id)-desc")
    tag(
      "svg",
      [
        "role": "img", "aria-labelledby": "\(ids.title) \(ids.description)", "viewBox": "0 0 1000 \(height)",
        "preserveAspectRatio": "none", "height": "\(height)",
      ], attributes, end: ">")
    element("title", ["id": ids.title], title)
    element("desc", ["id": ids.description], description)
    content(&self)
    close("svg")
  }

  private mutating func tag(
    _ name: StaticString, _ attributes: Attributes, _ more: Attributes = [:], end: StaticString
  ) {
    text += "<\(name)"
    for pairs in [attributes, more] {
      for (name, value) in pairs { text += " \(name)=\"\(Self.escaped(value))\"" }
    }
    text += "\(end)"
  }

  /// What isn't plainly visible is spelled out, as on a terminal: it can't turn the reading direction around, and XML takes
  /// no control characters.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: meansMore) else { return text }
    var result = ""
    for character in SafeText.line(text).unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private static func meansMore(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    default: byte < 0x20 || byte > 0x7e
    }
  }
}

/// The `d` of an SVG path.
struct SVGPath {
  private(set) var text = ""

  var isEmpty: Bool { text.isEmpty }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double) {
    let (across, down) = (Self.number(width), Self.number(height))
    text += "M\(Self.number(x)) \(Self.number(y))h\(across)v\(down)h-\(across)z"
  }

  mutating func move(to x: Double, _ y: Double) { text += "M\(Self.number(x)) \(Self.number(y))" }
  mutating func line(to x: Double, _ y: Double) { text += "L\(Self.number(x)) \(Self.number(y))" }
  mutating func horizontal(to x: Double) { text += "H\(Self.number(x))" }
  mutating func vertical(to y: Double) { text += "V\(Self.number(y))" }
  mutating func close() { text += "z" }

  /// With one decimal at most: a tenth of a pixel, about.
  static func number(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e7), 1e7) * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    let sign = tenths < 0 ? "-" : ""
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
  }
}
