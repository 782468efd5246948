/// A JSON value (RFC 8259) as descriptions and manifests have them. Numbers are whole ones.
public enum JSONText: Equatable, Sendable {
  case null
  case flag(Bool)
  case number(Int64)
  case text(String)
  case array([JSONText])
  /// Members in the order in which they are written.
  case object([Member])

  public struct Member: Equatable, Sendable {
    public let name: String
    public let value: JSONText

    public init(_ name: String, _ value: JSONText) {
      self.name = name
      self.value = value
    }
  }

  static func optional(_ text: String?) -> JSONText { text.map { .text($0) } ?? .null }
  static func optional(_ number: Int64?) -> JSONText { number.map { .number($0) } ?? .null }
  static func texts(_ texts: some Sequence<String>) -> JSONText { .array(texts.map { .text($0) }) }

  static func members(_ members: KeyValuePairs<String, JSONText>) -> JSONText {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// For programs and people: a member or element of the outer two levels on each line.
  public var document: String {
    var text = ""
    write(to: &text, level: 0)
    return text + "\n"
  }

  private func write(to text: inout String, level: Int) {
    switch self {
    case .null: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .number(let number): text += "\(number)"
    case .text(let value): text += Self.quoted(value)
    case .array(let elements):
      Self.write(elements, ("[", "]"), to: &text, level) { $0.write(to: &$1, level: level + 1) }
    case .object(let members):
      Self.write(members, ("{", "}"), to: &text, level) { member, text in
        text += Self.quoted(member.name) + ": "
        member.value.write(to: &text, level: level + 1)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], _ marks: (String, String), to text: inout String, _ level: Int,
    _ body: (Item, inout String) -> Void
  ) {
    let isSpread = level < 2 && !items.isEmpty
    text += marks.0
    for (index, item) in items.enumerated() {
      if index > 0 { text += isSpread ? "," : ", " }
      if isSpread { text += "\n" + String(repeating: "  ", count: level + 1) }
      body(item, &text)
    }
    if isSpread { text += "\n" + String(repeating: "  ", count: level) }
    text += marks.1
  }

  /// In quotes. Everything that isn't plain ASCII is escaped: a description is looked at on terminals, too, where a
  /// name could move the cursor.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default: for unit in String(scalar).utf16 { quoted += escaped(unit) }
      }
    }
    return quoted + "\""
  }

  private static func escaped(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
