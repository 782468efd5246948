/// How a value is written.
public struct JSONWriter {
  /// Outer levels of which each member or element has a line of its own.
  private let spreadLevels: Int
  /// Between what stands in one line.
  private let space: String
  /// What stays as it is in a text, but for what JSON has other signs for. All else is escaped: texts are looked at on
  /// terminals, too, where a name could move the cursor or turn the reading direction around.
  private let isPlain: (Unicode.Scalar) -> Bool

  /// For people, too.
  public static func spread(
    levels: Int = .max, isPlain: @escaping (Unicode.Scalar) -> Bool
  ) -> JSONWriter {
    JSONWriter(spreadLevels: levels, space: " ", isPlain: isPlain)
  }

  /// All of it in one line.
  public static func line(isPlain: @escaping (Unicode.Scalar) -> Bool) -> JSONWriter {
    JSONWriter(spreadLevels: 0, space: "", isPlain: isPlain)
  }

  public func text(of value: JSON) -> String {
    var text = ""
    write(value, to: &text, level: 0)
    return text
  }

  private func write(_ value: JSON, to text: inout String, level: Int) {
    switch value {
    case .null: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .whole(let number): text += "\(number)"
    case .number(let number): text += Self.written(number)
    case .string(let value): text += quoted(value)
    case .array(let elements):
      write(elements, between: ("[", "]"), to: &text, level) { element, text in
        write(element, to: &text, level: level + 1)
      }
    case .members(let members):
      write(members, between: ("{", "}"), to: &text, level) { member, text in
        text += quoted(member.name) + ":" + space
        write(member.value, to: &text, level: level + 1)
      }
    }
  }

  private func write<Item>(
    _ items: [Item], between marks: (String, String), to text: inout String, _ level: Int,
    _ body: (Item, inout String) -> Void
  ) {
    let isSpread = level < spreadLevels && !items.isEmpty
    text += marks.0
    for (index, item) in items.enumerated() {
      if index > 0 { text += isSpread ? "," : "," + space }
      if isSpread { text += "\n" + String(repeating: "  ", count: level + 1) }
      body(item, &text)
    }
    if isSpread { text += "\n" + String(repeating: "  ", count: level) }
    text += marks.1
  }

  /// To the thousandth; JSON has no infinity and no "not a number".
  private static func written(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    let rounded = (number * 1000).rounded() / 1000
    guard rounded.isFinite else { return "\(number)" }
    return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if isPlain(scalar) {
          quoted.unicodeScalars.append(scalar)
        } else {
          for unit in String(scalar).utf16 { quoted += Self.escaped(unit) }
        }
      }
    }
    return quoted + "\""
  }

  private static func escaped(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
