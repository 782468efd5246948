import Foundation
import JSONValues
import Testing

@testable import backfill

@Suite("JSON") struct JSONTests {
  private let value: JSON = .object([
    "text": .text("a\"b\\c\nd\te\u{7}\u{1B}[31m\u{202E}\u{1F600}\u{E0001}ä"), "none": .text(nil),
    "whole": .whole(.min), "number": .number(1.23456), "even": .number(3), "small": .number(1e-9),
    "endless": .number(.infinity), "seconds": .seconds(.milliseconds(1500)), "yes": .flag(true),
    "empty": .array([]), "nothing": .object([:]), "list": .array([.whole(1), .object(["a": .null])]),
  ])

  @Test("is what other programs read", arguments: [true, false]) func parsed(isDocument: Bool) throws {
    let text = isDocument ? value.document : value.line
    let read = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(read["text"] as? String == "a\"b\\c\nd\te\u{7}\u{1B}[31m\u{202E}\u{1F600}\u{E0001}ä")
    #expect(read["none"] is NSNull)
    #expect(read["whole"] as? Int64 == .min)
    #expect(read["number"] as? Double == 1.235)
    #expect(read["even"] as? Int == 3)
    #expect(read["endless"] is NSNull)
    #expect(read["seconds"] as? Double == 1.5)
    #expect(read["yes"] as? Bool == true)
    #expect((read["list"] as? [Any])?.count == 2)
    #expect((read["empty"] as? [Any])?.isEmpty == true)
    #expect(read.count == 12)
  }

  @Test("has nothing in it that moves a cursor") func harmless() {
    let text = value.document
    #expect(text.contains(#""a\"b\\c\nd\te\u0007\u001b[31m\u202e"#))
    #expect(text.contains(#"\udb40\udc01ä""#))
    #expect(text.unicodeScalars.filter { $0 != "\n" && SafeText.isUnsafe($0) } == [])
  }

  @Test("keeps its members' order, on one line or on many") func layout() {
    let value: JSON = .object(["b": .whole(1), "a": .array([.text("x"), .object([:])])])
    #expect(value.line == #"{"b":1,"a":["x",{}]}"#)
    #expect(
      value.document == """
        {
          "b": 1,
          "a": [
            "x",
            {}
          ]
        }

        """)
  }
}
