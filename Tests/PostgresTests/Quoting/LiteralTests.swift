import Postgres
import TestConnections
import Testing

@Suite("Literals") struct LiteralTests {
  @Test(
    "quote what a string constant can't hold as it is",
    arguments: [
      Case("plain", "abc", "'abc'"),
      Case("empty", "", "''"),
      Case("quote", "it's", "'it''s'"),
      Case("backslash", #"a\b"#, #" E'a\\b'"#),
      Case("backslash and quote", #"\'"#, #" E'\\'''"#),
      Case("line end", "a\nb", "'a\nb'"),
      Case("dollar quote", "$$", "'$$'"),
      Case("NUL ends the value, as in libpq", "a\0'b", "'a'"),
    ])
  func quotes(_ row: Case<String, String>) {
    let sql: SQL = "\(row.input)"
    #expect(sql.text == row.expected)
  }

  /// E'...' is a constant of its own only when nothing that could be a part of a name stands before it.
  @Test("with a backslash stay constants behind a word") func behindAWord() {
    let sql: SQL = "SELECT\(#"\"#)"
    #expect(sql.text == #"SELECT E'\\'"#)
  }

  @Test("double a quote that a combining character follows") func combining() {
    let sql: SQL = "\("a'\u{301}; --")"
    #expect(Array(sql.text.unicodeScalars) == Array("'a''\u{301}; --'".unicodeScalars))
  }
}
