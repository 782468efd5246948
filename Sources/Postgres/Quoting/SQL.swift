/// The name of a column, schema or role; quotes itself where it becomes SQL.
public struct Identifier: Sendable, Hashable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }

  /// The name in double quotes, with quotes inside doubled (SQL's delimited identifier).
  /// A quote and a combining character behind it are one `Character`, so the scalars are looked at.
  public var description: String {
    // Hardly any name has a quote, and one by one the scalars take many times as long.
    guard name.hasByte(where: { $0 == UInt8(ascii: "\"") }) else { return "\"" + name + "\"" }
    var quoted = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in name.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("\"")
    return String(quoted)
  }

  /// Byte by byte, as servers compare names: Swift takes canonically equivalent texts for equal.
  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.name.hasSameBytes(as: right.name)
  }

  public func hash(into hasher: inout Hasher) {
    for byte in name.utf8 { hasher.combine(byte) }
    hasher.combine(UInt8.max)
  }
}

extension String {
  /// Looks at the bytes where they lie, which is several times as fast as one by one from `utf8`.
  func hasByte(where isWanted: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.contains(where: isWanted) } ?? utf8.contains(where: isWanted)
  }

  /// Byte by byte, as servers compare: for Swift texts are equal that Unicode calls canonically equivalent.
  public func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String? {
  /// The same, where nil is only nil's equal.
  public func hasSameBytes(as other: String?) -> Bool {
    guard let self, let other else { return self == nil && other == nil }
    return self.hasSameBytes(as: other)
  }
}

/// The name of a relation or function with its schema.
public struct QualifiedName: Sendable, Hashable, CustomStringConvertible {
  public let schema: Identifier
  public let name: Identifier

  public init(_ schema: String, _ name: String) {
    self.schema = Identifier(schema)
    self.name = Identifier(name)
  }

  public var description: String { "\(schema).\(name)" }
}

/// A piece of SQL text. It is made of source literals, names that quote themselves and quoted values:
/// a `String` put into it becomes a literal, never syntax.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
  public let text: String

  public init(stringLiteral value: String) { text = value }

  public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  private init(text: String) { self.text = text }

  /// A statement that the same server wrote about itself in this session, such as pg_get_triggerdef's. Never for
  /// text out of a table.
  public init(fromServer text: String) { self.text = text }

  public var description: String { text }

  /// ` WHERE condition`, or nothing.
  public static func filter(_ condition: SQL?) -> SQL { condition.map { " WHERE " + $0 } ?? "" }

  public static func + (left: SQL, right: SQL) -> SQL { SQL(text: left.text + right.text) }

  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    public mutating func appendLiteral(_ literal: String) { text += literal }

    public mutating func appendInterpolation(_ identifier: Identifier) { text += identifier.description }

    public mutating func appendInterpolation(_ name: QualifiedName) { text += name.description }

    public mutating func appendInterpolation(_ sql: SQL) { text += sql.text }

    public mutating func appendInterpolation(_ number: some FixedWidthInteger & Sendable) {
      // In parentheses, as a negative number after a cast or an operator would read otherwise.
      text += number < 0 ? "(\(number))" : "\(number)"
    }

    public mutating func appendInterpolation(_ flag: Bool) { text += flag ? "true" : "false" }

    public mutating func appendInterpolation(_ string: String) { text += SQL.literal(string) }

    public mutating func appendInterpolation(_ string: String?) {
      text += string.map(SQL.literal) ?? "NULL"
    }

    public mutating func appendInterpolation(_ number: Int64?) {
      if let number { appendInterpolation(number) } else { text += "NULL" }
    }
  }

  /// A string constant. With a backslash inside, the E'' form is used, whose reading doesn't depend on
  /// standard_conforming_strings. NUL, which no text value can hold, ends the value as it does in libpq.
  static func literal(_ value: String) -> String {
    guard value.hasByte(where: meansMore) else { return "'" + value + "'" }
    var body = ""
    var escaped = false
    for scalar in value.unicodeScalars.prefix(while: { $0.value != 0 }) {
      switch scalar {
      case "'": body += "''"
      case "\\":
        body += "\\\\"
        escaped = true
      default: body.unicodeScalars.append(scalar)
      }
    }
    return escaped ? " E'\(body)'" : "'\(body)'"
  }

  private static func meansMore(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") || byte == 0
  }
}

extension Sequence<SQL> {
  /// The pieces one after the other with `separator` between them.
  public func joined(separator: SQL) -> SQL {
    var result: SQL = ""
    for (index, piece) in enumerated() {
      result = index == 0 ? piece : result + separator + piece
    }
    return result
  }
}
