import Postgres
import TestConnections
import Testing

@testable import backfill

@Suite("The time in front of lines") struct StampTests {
  // 2026-11-29 13:15:00.25 UTC
  private static let time = Timestamp(microseconds: 1_795_958_100_250_000)

  private static let times: [Case<Int64, String>] = [
    Case("with milliseconds", time.microseconds, "2026-11-29T13:15:00.250Z"),
    Case("cut, not rounded", time.microseconds + 749_999, "2026-11-29T13:15:00.999Z"),
    Case("a whole second", 0, "1970-01-01T00:00:00.000Z"),
  ]

  @Test("is ISO 8601 in UTC, always as wide", arguments: times)
  func text(time: Case<Int64, String>) {
    #expect(Stamp.text(Timestamp(microseconds: time.input)) == time.expected)
  }

  @Test("stands in front of every line on both streams, and in front of no document") func everywhere() {
    let output = RecordingSink()
    let errors = RecordingSink()
    let console = Console(output: output, errors: errors, clock: { Self.time })
    console.say(["one", "two\n  and its second line"])
    console.tell([.progress("three")])
    console.complain(Message(.error, "e\nmore", hint: "h"))
    let stamp = "2026-11-29T13:15:00.250Z"
    #expect(
      output.written == "\(stamp) one\n\(stamp) two\n\(stamp)   and its second line\n\(stamp) three\n")
    #expect(errors.written == "\(stamp) error: e\n\(stamp)   more\n\(stamp) hint: h\n")
    console.redraw([], live: ["live"])
    #expect(output.written.hasSuffix("three\nlive"))
  }
}
