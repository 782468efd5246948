import TestConnections
import Testing

@testable import backfill

@Suite("Did you mean")
struct SpellingTests {
  typealias Pair = Case<(String, String), Int>

  static let distances: [Pair] = [
    Pair("equal", ("copy", "copy"), 0),
    Pair("both empty", ("", ""), 0),
    Pair("one empty", ("", "copy"), 4),
    Pair("other empty", ("copy", ""), 4),
    Pair("insertion", ("cpy", "copy"), 1),
    Pair("deletion", ("coppy", "copy"), 1),
    Pair("replacement", ("cody", "copy"), 1),
    Pair("swap", ("cpoy", "copy"), 1),
    Pair("swap at the end", ("coyp", "copy"), 1),
    Pair("two", ("kitten", "mittens"), 2),
  ]

  @Test("distance", arguments: distances)
  func distance(pair: Pair) {
    #expect(Spelling.distance(pair.input.0, pair.input.1) == pair.expected)
  }

  typealias Slip = Case<String, String?>

  static let slips: [Slip] = [
    Slip("a swap", "veirfy", "verify"),
    Slip("capitals", "COPY", "copy"),
    Slip("a beginning", "refresh", "refresh-caggs"),
    Slip("one letter is no beginning", "v", nil),
    Slip("another word", "delete", nil),
    Slip("empty", "", nil),
    Slip("very long", String(repeating: "copy", count: 1000), nil),
  ]

  @Test("suggestion", arguments: slips)
  func suggestion(slip: Slip) {
    #expect(Spelling.suggestion(for: slip.input, among: Subcommand.allCases.map(\.name)) == slip.expected)
  }
}
