/// A JSON value (RFC 8259), for documents that programs read.
enum JSON: Equatable, Sendable {
  case null
  case flag(Bool)
  case whole(Int64)
  case number(Double)
  case string(String)
  case array([JSON])
  /// Members in the order in which they are written.
  case members([Member])

  struct Member: Equatable, Sendable {
    let name: String
    let value: JSON

    init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
  static func integer(_ number: (some BinaryInteger)?) -> JSON { number.map { .whole(Int64($0)) } ?? .null }
  /// Seconds.
  static func seconds(_ duration: Duration?) -> JSON { duration.map { .number($0 / .seconds(1)) } ?? .null }

  /// An object with its members in the order in which they stand.
  static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .members(members.map { Member($0.key, $0.value) })
  }

  /// The whole in one line.
  var line: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// For programs and people: a member or element on each line.
  var document: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .whole(let number): text += "\(number)"
    case .number(let number): text += Self.written(number)
    case .string(let value): text += Self.quoted(value)
    case .array(let elements):
      Self.write(elements, between: ("[", "]"), to: &text, indentation) { element, text, inner in
        element.write(to: &text, indentation: inner)
      }
    case .members(let members):
      Self.write(members, between: ("{", "}"), to: &text, indentation) { member, text, inner in
        text += Self.quoted(member.name) + (inner == nil ? ":" : ": ")
        member.value.write(to: &text, indentation: inner)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], between marks: (String, String), to text: inout String, _ indentation: Int?,
    _ body: (Item, inout String, Int?) -> Void
  ) {
    text += marks.0
    let inner = indentation.map { $0 + 2 }
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      body(item, &text, inner)
    }
    if let indentation, !items.isEmpty { text += "\n" + String(repeating: " ", count: indentation) }
    text += marks.1
  }

  /// To the thousandth; JSON has no infinity and no "not a number".
  private static func written(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    let rounded = (number * 1000).rounded() / 1000
    guard rounded.isFinite else { return "\(number)" }
    return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }

  /// In quotes. Escaped is what JSON demands, and everything else that isn't plainly visible: a document is looked at on
  /// terminals too, where a chunk's name could move the cursor or turn the reading direction around.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if SafeText.isUnsafe(scalar) {
          for unit in String(scalar).utf16 { quoted += escaped(unit) }
        } else {
          quoted.unicodeScalars.append(scalar)
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
