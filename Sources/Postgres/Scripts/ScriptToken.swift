/// A piece of a statement that means something.
public struct ScriptToken: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// A keyword or name without quotes, as it stands.
    case word
    /// A name in double quotes.
    case quotedName
    /// A string constant of any form.
    case string
    /// Anything else: digits and punctuation.
    case symbol
  }

  public var kind: Kind
  /// As it stands in the statement, quotes included.
  public var text: String
  /// Where it stands in the statement, in bytes.
  public var range: Range<Int>

  /// What it names, if it is a name: words are folded to lower case, as the server does with ASCII.
  public var name: Identifier? {
    switch kind {
    case .word: Identifier(String(decoding: text.utf8.map(Self.lowercased), as: UTF8.self))
    case .quotedName: Identifier(String(text.dropFirst().dropLast()).replacing(part: "\"\"", with: "\""))
    case .string, .symbol: nil
    }
  }

  /// Whether it is this keyword.
  public func `is`(_ keyword: StaticString) -> Bool {
    guard kind == .word else { return false }
    return text.uppercased() == "\(keyword)"
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
  }
}
