import TestConnections
import Testing

@testable import backfill

@Suite("Text from outside can't act on the terminal")
struct SafeTextTests {
  typealias Text = Case<String, String>

  static let lines: [Text] = [
    Text("plain", "conditions", "conditions"),
    Text("unicode", "größe 温度 🌡", "größe 温度 🌡"),
    Text("an escape sequence", "a\u{1B}[2Jb", "a\\u{1b}[2Jb"),
    Text("a C1 escape", "a\u{9B}2Jb", "a\\u{9b}2Jb"),
    Text("a line break", "a\nb", "a\\nb"),
    Text("a Windows line break", "a\r\nb", "a\\r\\nb"),
    Text("a tab and a bell", "a\tb\u{7}", "a\\tb\\u{7}"),
    Text("delete", "a\u{7F}", "a\\u{7f}"),
    Text("reading direction", "a\u{202E}b\u{2066}", "a\\u{202e}b\\u{2066}"),
    Text("a line separator", "a\u{2028}b", "a\\u{2028}b"),
    Text("a zero width space", "a\u{200B}b", "a\\u{200b}b"),
    Text("nothing", "", ""),
  ]

  @Test("within a line", arguments: lines)
  func line(text: Text) { #expect(SafeText.line(text.input) == text.expected) }

  static let messages: [Text] = [
    Text("one line", "boom", "boom"),
    Text("lines of its own", "ERROR: boom\nDETAIL: why\n", "ERROR: boom\n  DETAIL: why"),
    Text("passing for a message", "x\nerror: all is lost", "x\n  error: all is lost"),
    Text("Windows line breaks", "a\r\nb", "a\n  b"),
    Text("overwriting itself", "a\rb", "a\\rb"),
    Text("empty lines", "a\n\nb", "a\n  b"),
  ]

  @Test("in a message", arguments: messages)
  func message(text: Text) { #expect(SafeText.message(text.input) == text.expected) }

  @Test("Messages come with their hint, coloured where wanted")
  func whole() {
    let message = Message(.error, "boom\nDETAIL: why", hint: "do\u{7} this")
    #expect(
      message.lines(Style(isColoured: false)) == ["error: boom\n  DETAIL: why", "hint: do\\u{7} this"])
    #expect(Message(.warning, "w").lines(Style(isColoured: true)) == ["\u{1B}[33mwarning:\u{1B}[0m w"])
  }
}
