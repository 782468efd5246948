import TestConnections
import Testing

@testable import backfill

@Suite("An option's value is read")
struct OptionValueTests {
  static let sizes: [Case<String, Int64?>] = [
    Case("bytes", "500", 500), Case("kilobytes", "2kB", 2048), Case("megabytes", "64MB", 67_108_864),
    Case("a fraction", "1.5GB", 1_610_612_736), Case("none", "", nil), Case("a unit alone", "MB", nil),
    Case("negative", "-1MB", nil), Case("too large", "99999999999TB", nil), Case("an exponent", "1e3", nil),
  ]

  @Test("as a size", arguments: sizes)
  func size(_ item: Case<String, Int64?>) { #expect(OptionValue.size(item.input) == item.expected) }

  static let rates: [Case<String, Int64?>] = [
    Case("megabytes", "50MB", 52_428_800), Case("bytes that say so", "50B", 50),
    Case("without a unit", "50", nil),
    Case("a large number without a unit", "2000000", 2_000_000), Case("nothing at all", "0MB", nil),
  ]

  @Test("as a rate", arguments: rates)
  func rate(_ item: Case<String, Int64?>) { #expect(OptionValue.rate(item.input) == item.expected) }

  static let parts: [Case<String, Double?>] = [
    Case("a number", "10", 10), Case("with its sign", "10%", 10), Case("a fraction", "0.5", 0.5),
    Case("all", "100%", 100), Case("more than all", "101", nil), Case("nothing", "0", nil),
    Case("negative", "-5", nil), Case("none", "", nil), Case("a sign alone", "%", nil),
  ]

  @Test("as a part in percent", arguments: parts)
  func percent(_ item: Case<String, Double?>) { #expect(OptionValue.percent(item.input) == item.expected) }

  static let durations: [Case<String, Duration?>] = [
    Case("seconds", "90", .seconds(90)), Case("with a unit", "90s", .seconds(90)),
    Case("minutes", "15m", .seconds(900)), Case("hours", "2h", .seconds(7200)), Case("nothing", "", nil),
    Case("a fraction", "1.5h", nil), Case("negative", "-1s", nil), Case("absurd", "9999999h", nil),
  ]

  @Test("as a time", arguments: durations)
  func duration(_ item: Case<String, Duration?>) {
    #expect(OptionValue.duration(item.input) == item.expected)
  }
}
