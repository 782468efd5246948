import TestConnections
import Testing

@testable import Postgres

@Suite("Array text") struct ArrayLiteralTests {
  @Test(
    "is read into its elements",
    arguments: [
      Case("empty", "{}", []),
      Case("one", "{a}", ["a"]),
      Case("several", "{a,b,c}", ["a", "b", "c"]),
      Case("empty elements", #"{"","",""}"#, ["", "", ""]),
      Case("comma inside", #"{"a,b",c}"#, ["a,b", "c"]),
      Case("braces inside", #"{"{}","}"}"#, ["{}", "}"]),
      Case("quote and backslash inside", #"{"a\"b","c\\d"}"#, [#"a"b"#, #"c\d"#]),
      Case("backslash outside of quotes", #"{a\,b}"#, ["a,b"]),
      Case("blanks inside quotes", #"{" a "}"#, [" a "]),
      Case("NULL reads as its text", "{NULL,a}", ["NULL", "a"]),
    ])
  func elements(_ row: Case<String, [String]>) {
    #expect(ArrayLiteral.elements(of: row.input) == row.expected)
  }

  @Test(
    "of another form is refused",
    arguments: [
      "", "{", "}", "a", "{a", "a}", "{{a,b},{c,d}}", "[2:3]={a,b}", #"{"a}"#, #"{a\"#, #"{a\}"#, #"{"a\"}"#,
    ])
  func refused(_ text: String) {
    #expect(ArrayLiteral.elements(of: text) == nil)
  }

  @Test("keeps a quote that a combining character follows") func combining() {
    let elements = ArrayLiteral.elements(of: "{\"\\\"\u{301}\",\u{301}}")
    #expect(elements?.map { Array($0.unicodeScalars) } == [["\"", "\u{301}"], ["\u{301}"]])
  }
}
