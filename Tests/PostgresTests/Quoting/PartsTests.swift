import Testing

@testable import Postgres

@Suite("Parts of a text")
struct PartsTests {
  @Test(
    "are found where they stand",
    arguments: [
      ("banana", "ana", 1..<4), ("banana", "nan", 2..<5), ("aab", "ab", 1..<3), ("abc", "abcd", nil),
      ("abc", "", nil),
      ("", "a", nil),
    ] as [(String, String, Range<Int>?)])
  func found(text: String, part: String, expected: Range<Int>?) {
    #expect(Array(text.utf8).firstPlace(of: Array(part.utf8)) == expected)
    #expect(text.contains(part: part) == (expected != nil))
  }

  @Test(
    "are replaced, each once",
    arguments: [
      ("it's 'so'", "'", "''", "it''s ''so''"), ("aaa", "aa", "b", "ba"), ("abc", "x", "y", "abc"),
      ("aa", "a", "aa", "aaaa"),
    ])
  func replaced(text: String, part: String, other: String, expected: String) {
    #expect(text.replacing(part: part, with: other) == expected)
  }

  @Test("are bytes: no mark behind them hides them")
  func combining() {
    #expect("password=\u{301}x".contains(part: "password="))
    #expect("'\u{301}".replacing(part: "'", with: "\\'") == "\\'\u{301}")
  }
}
