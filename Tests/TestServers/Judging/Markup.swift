/// A document that is HTML and well-formed XML at the same time, read as strictly as an XML parser reads it. Small, as it
/// knows no more than such a document needs: no namespaces, no CDATA, no entities but the five of XML.
public struct Markup: Sendable {
  public let root: Element

  public final class Element: Sendable {
    public let name: String
    public let attributes: [String: String]
    public let children: [Node]

    init(_ name: String, _ attributes: [String: String], _ children: [Node]) {
      self.name = name
      self.attributes = attributes
      self.children = children
    }

    /// All text in it, as it is shown.
    public var text: String {
      children.map { node in
        switch node {
        case .text(let text): text
        case .element(let element): element.text
        }
      }.joined()
    }

    /// All elements in it, at any depth, in their order.
    public var descendants: [Element] {
      children.flatMap { node -> [Element] in
        guard case .element(let element) = node else { return [] }
        return [element] + element.descendants
      }
    }

    public func all(_ name: String) -> [Element] { descendants.filter { $0.name == name } }
  }

  public enum Node: Sendable {
    case text(String)
    case element(Element)
  }

  public struct Malformed: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: `Malformed`, with what stands there.
  public init(_ text: String) throws {
    var reader = Reader(Array(text.unicodeScalars))
    try reader.skip("<!DOCTYPE html>")
    reader.skipSpace()
    root = try reader.element()
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.error("something after the document") }
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var at = 0

    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var isAtEnd: Bool { at == scalars.count }
    var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    func error(_ what: String) -> Malformed {
      var near = String.UnicodeScalarView()
      near.append(contentsOf: scalars[max(0, at - 60)..<min(scalars.count, at + 20)])
      return Malformed(description: "\(what), near: \(String(near))")
    }

    func isAt(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars) }

    mutating func skip(_ text: String) throws {
      guard isAt(text) else { throw error("\(text) is missing") }
      at += text.unicodeScalars.count
    }

    mutating func skipSpace() { while let next, next.properties.isWhitespace { at += 1 } }

    mutating func name() throws -> String {
      var name = String.UnicodeScalarView()
      while let next,
        next.properties.isAlphabetic || next.properties.numericType != nil || next == "-" || next == ":"
      {
        name.append(next)
        at += 1
      }
      guard let first = name.first, first.properties.isAlphabetic else { throw error("a name is missing") }
      return String(name)
    }

    mutating func element() throws -> Element {
      try skip("<")
      let name = try name()
      var attributes: [String: String] = [:]
      while next != ">", next != "/" {
        guard let next, next.properties.isWhitespace else { throw error("no space before an attribute") }
        skipSpace()
        let attribute = try self.name()
        try skip("=\"")
        guard attributes.updateValue(try characters(until: "\""), forKey: attribute) == nil else {
          throw error("\(attribute) stands twice")
        }
        try skip("\"")
      }
      if next == "/" {
        try skip("/>")
        return Element(name, attributes, [])
      }
      try skip(">")
      var children: [Node] = []
      while !isAt("</") {
        if next == "<" {
          children.append(.element(try element()))
        } else {
          children.append(.text(try characters(until: "<")))
        }
      }
      try skip("</\(name)>")
      return Element(name, attributes, children)
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]

    /// Text up to a character, in which others that mean something must be written as entities.
    mutating func characters(until end: Unicode.Scalar) throws -> String {
      var text = ""
      while let scalar = next, scalar != end {
        at += 1
        switch scalar {
        case "<": throw error("a bare <")
        case "&":
          var entity = ""
          while let letter = next, letter != ";", entity.count < 8 {
            entity.unicodeScalars.append(letter)
            at += 1
          }
          try skip(";")
          guard let meant = Self.entities[entity] else { throw error("unknown entity \(entity)") }
          text += meant
        case "\n", "\t": text.unicodeScalars.append(scalar)
        default:
          // XML 1.0, section 2.2.
          guard scalar.value >= 0x20, scalar.value & 0xFFFE != 0xFFFE else {
            throw error("U+\(scalar.value)")
          }
          text.unicodeScalars.append(scalar)
        }
      }
      guard next != nil else { throw error("the document ends") }
      return text
    }
  }
}
