/// Takes a script apart as the server's own lexer does with standard_conforming_strings on
/// (https://www.postgresql.org/docs/current/sql-syntax-lexical.html): what pg_dump and pg_dumpall write without rows of
/// tables. A semicolon, quote or line break inside a literal, name or comment is no more than a part of that.
struct ScriptReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Returns: the script's statements, without comments around them and psql's own commands (`\restrict`); nil where
  ///   a literal, name or comment has no end.
  static func statements(_ bytes: [UInt8]) -> [ScriptStatement]? {
    var reader = ScriptReader(bytes)
    var statements: [ScriptStatement] = []
    while true {
      guard reader.skipBetween() else { return nil }
      guard reader.position < bytes.count else { return statements }
      if bytes[reader.position] == UInt8(ascii: "\\") {
        reader.skipLine()
        continue
      }
      guard let statement = reader.statement() else { return nil }
      if !statement.tokens.isEmpty { statements.append(statement) }
    }
  }

  /// Up to its semicolon, which it needs.
  private mutating func statement() -> ScriptStatement? {
    let start = position
    var tokens: [ScriptToken] = []
    while skipBetween(), position < bytes.count {
      let begin = position
      if bytes[position] == UInt8(ascii: ";") {
        position += 1
        let end = start + (tokens.last?.range.upperBound ?? 0)
        return ScriptStatement(text: String(decoding: bytes[start..<end], as: UTF8.self), tokens: tokens)
      }
      guard let kind = skipToken() else { return nil }
      tokens.append(
        ScriptToken(
          kind: kind, text: String(decoding: bytes[begin..<position], as: UTF8.self),
          range: (begin - start)..<(position - start)))
    }
    return nil
  }

  /// - Returns: nil where it has no end.
  private mutating func skipToken() -> ScriptToken.Kind? {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"): return skipQuoted(by: byte, hasEscapes: false) ? .string : nil
    case UInt8(ascii: "\""): return skipQuoted(by: byte, hasEscapes: false) ? .quotedName : nil
    case UInt8(ascii: "$"):
      guard let tag = dollarTag() else { break }
      return skipDollarQuoted(tag) ? .string : nil
    default: break
    }
    guard Self.beginsWord(byte) else {
      position += 1
      return .symbol
    }
    let start = position
    position += 1
    while position < bytes.count, Self.continuesWord(bytes[position]) { position += 1 }
    // E'...' and its like: the letter belongs to the constant.
    guard position == start + 1, position < bytes.count, bytes[position] == UInt8(ascii: "'") else {
      return .word
    }
    switch byte | 0x20 {
    case UInt8(ascii: "e"): return skipQuoted(by: bytes[position], hasEscapes: true) ? .string : nil
    case UInt8(ascii: "b"), UInt8(ascii: "n"), UInt8(ascii: "x"):
      return skipQuoted(by: bytes[position], hasEscapes: false) ? .string : nil
    default: return .word
    }
  }

  /// A doubled quote stands for one.
  private mutating func skipQuoted(by quote: UInt8, hasEscapes: Bool) -> Bool {
    position += 1
    while position < bytes.count {
      if hasEscapes, bytes[position] == UInt8(ascii: "\\") {
        position += 2
      } else if bytes[position] != quote {
        position += 1
      } else if position + 1 < bytes.count, bytes[position + 1] == quote {
        position += 2
      } else {
        position += 1
        return true
      }
    }
    return false
  }

  /// `$$` or `$tag$` at this place.
  private func dollarTag() -> ArraySlice<UInt8>? {
    var end = position + 1
    guard end < bytes.count, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) else { return nil }
    while end < bytes.count, bytes[end] != UInt8(ascii: "$"), Self.continuesWord(bytes[end]) { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return nil }
    return bytes[position...end]
  }

  private mutating func skipDollarQuoted(_ tag: ArraySlice<UInt8>) -> Bool {
    position += tag.count
    guard let end = bytes[position...].firstPlace(of: tag) else { return false }
    position = end.upperBound
    return true
  }

  /// White space and comments, which nest.
  ///
  /// - Returns: false where a comment has no end.
  private mutating func skipBetween() -> Bool {
    while position < bytes.count {
      if Self.isSpace(bytes[position]) {
        position += 1
      } else if bytes[position...].starts(with: "--".utf8) {
        skipLine()
      } else if bytes[position...].starts(with: "/*".utf8) {
        guard skipComment() else { return false }
      } else {
        return true
      }
    }
    return true
  }

  private mutating func skipLine() {
    position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
  }

  private mutating func skipComment() -> Bool {
    var depth = 0
    while position + 1 < bytes.count {
      if bytes[position...].starts(with: "/*".utf8) {
        depth += 1
        position += 2
      } else if bytes[position...].starts(with: "*/".utf8) {
        depth -= 1
        position += 2
        if depth == 0 { return true }
      } else {
        position += 1
      }
    }
    return false
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private static func beginsWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    beginsWord(byte) || byte == UInt8(ascii: "$")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
