/// A statement out of a script that PostgreSQL's own pg_dump or pg_dumpall wrote.
public struct ScriptStatement: Sendable, Equatable {
  /// As it stands, without the semicolon.
  public var text: String
  public var tokens: [ScriptToken]

  init(text: String, tokens: [ScriptToken]) {
    self.text = text
    self.tokens = tokens
  }

  /// - Returns: the script's statements, without comments around them and psql's own commands (`\restrict`); nil where
  ///   a literal, name or comment has no end.
  public static func read(_ script: [UInt8]) -> [ScriptStatement]? { ScriptReader.statements(script) }

  /// Whether it begins with these keywords.
  public func begins(with keywords: StaticString...) -> Bool {
    tokens.count >= keywords.count && zip(tokens, keywords).allSatisfy { $0.is($1) }
  }

  /// The same without some of its tokens, or with other texts in their places.
  ///
  /// - Parameter replacement: for a token and its index: nil leaves it out.
  public func rewritten(_ replacement: (Int, ScriptToken) -> String?) -> ScriptStatement? {
    let bytes = Array(text.utf8)
    var written: [UInt8] = []
    var end = 0
    for (index, token) in tokens.enumerated() {
      written += bytes[end..<token.range.lowerBound]
      written += (replacement(index, token) ?? "").utf8
      end = token.range.upperBound
    }
    // Back through the reader, so that text and tokens agree.
    return Self.read(written + bytes[end...] + [UInt8(ascii: ";")])?.first
  }

  /// For running it. It is as far to be trusted as the database whose dump it is out of: so is every dump.
  public var sql: SQL { SQL(fromServer: text) }
}
