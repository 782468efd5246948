import Postgres
import TestConnections
import Testing

@Suite("Identifiers") struct IdentifierTests {
  @Test(
    "are put in quotes, with quotes inside doubled",
    arguments: [
      Case("plain", "time", #""time""#),
      Case("reserved word", "select", #""select""#),
      Case("capitals and blanks", "Time of Day", #""Time of Day""#),
      Case("quote inside", #"a"b"#, #""a""b""#),
      Case("only quotes", #""""#, #""""""""#),
      Case("attempt to get out", #"a"; DROP TABLE x; --"#, #""a""; DROP TABLE x; --""#),
      Case("backslash stays", #"a\b"#, #""a\b""#),
      Case("empty", "", #""""#),
    ])
  func quotes(_ row: Case<String, String>) {
    #expect(Identifier(row.input).description == row.expected)
  }

  /// A quote before a combining character is one Swift `Character` with it, and not equal to a quote.
  @Test("double a quote that a combining character follows", arguments: ["\u{301}", "\u{200d}", "\u{fe0f}"])
  func combining(_ mark: String) {
    let quoted = Identifier("a\"\(mark) b").description
    #expect(Array(quoted.unicodeScalars) == Array("\"a\"\"\(mark) b\"".unicodeScalars))
  }

  /// Swift calls texts equal that are canonically equivalent; to the server they are different names.
  @Test("are equal only when they are the same to the server") func equality() {
    let composed = Identifier("caf\u{e9}")
    let decomposed = Identifier("cafe\u{301}")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(composed == Identifier("caf\u{e9}"))
    #expect(Identifier("a") != Identifier("A"))
  }

  @Test("with a schema quote both parts") func qualified() {
    #expect(QualifiedName("my schema", "a\"b").description == #""my schema"."a""b""#)
    #expect(QualifiedName("a.b", "c") != QualifiedName("a", "b.c"))
  }
}
