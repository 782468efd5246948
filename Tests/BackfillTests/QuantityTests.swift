import TestConnections
import Testing

@testable import backfill

@Suite("Numbers as people read them")
struct QuantityTests {
  typealias Bytes = Case<Int64, String>

  static let sizes: [Bytes] = [
    Bytes("none", 0, "0 B"), Bytes("below zero", -5, "0 B"), Bytes("999", 999, "999 B"),
    Bytes("1000", 1000, "1.0 kB"), Bytes("rounded up to the next unit", 999_960, "1.0 MB"),
    Bytes("just below", 999_940, "999.9 kB"), Bytes("megabytes", 31_240_000, "31.2 MB"),
    Bytes("the most", .max, "9.2 EB"),
  ]

  @Test("bytes", arguments: sizes)
  func size(row: Bytes) { #expect(Quantity.bytes(row.input) == row.expected) }

  typealias Time = Case<Duration, String>

  static let times: [Time] = [
    Time("none", .zero, "0.00s"), Time("milliseconds", .milliseconds(4), "0.00s"),
    Time("seconds", .milliseconds(1234), "1.23s"), Time("negative", .seconds(-3), "0.00s"),
    Time("rounded", .milliseconds(1996), "2.00s"), Time("just a minute", .milliseconds(59_999), "1m 00s"),
    Time("minutes", .seconds(125), "2m 05s"), Time("hours", .seconds(3 * 3600 + 245), "3h 04m 05s"),
    Time("days", .seconds(90_000), "25h 00m 00s"),
  ]

  @Test("times", arguments: times)
  func time(row: Time) { #expect(Quantity.time(row.input) == row.expected) }

  @Test("times that change while one looks")
  func roughly() {
    #expect(Quantity.roughTime(.milliseconds(1600)) == "2s")
    #expect(Quantity.roughTime(.milliseconds(59_700)) == "1m 00s")
    #expect(Quantity.roughTime(.seconds(3725)) == "1h 02m 05s")
  }

  @Test("rates, where time has passed")
  func rates() {
    #expect(Quantity.rate(bytes: 31_200_000, in: .milliseconds(1230)) == "25.4 MB/s")
    #expect(Quantity.rate(rows: 10, in: .seconds(4)) == "3 rows/s")
    #expect(Quantity.rate(bytes: 10, in: .zero) == nil)
    #expect(Quantity.rate(bytes: .max, in: .nanoseconds(1)) == nil)
  }

  @Test("counts")
  func counts() {
    #expect(Quantity.count(1, "chunk") == "1 chunk")
    #expect(Quantity.count(0, "chunk") == "0 chunks")
  }

  @Test("decimals")
  func decimals() {
    #expect(Quantity.fixed(0.05, decimals: 2) == "0.05")
    #expect(Quantity.fixed(12.5, decimals: 0) == "13")
    #expect(Quantity.fixed(.infinity, decimals: 2) == "inf")
  }
}
