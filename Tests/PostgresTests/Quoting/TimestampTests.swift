import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@Suite("A timestamp") struct TimestampTests {
  static let texts: [Case<Int64, String>] = [
    Case("the beginning", 0, "1970-01-01T00:00:00Z"),
    Case("just before it", -1, "1969-12-31T23:59:59.999999Z"),
    Case("a leap day", 1_709_210_096_250_000, "2024-02-29T12:34:56.25Z"),
    Case("the day after", 1_709_251_200_000_000, "2024-03-01T00:00:00Z"),
    Case("a century without one", 4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
    Case("before the year 1000", -59_011_459_200_000_000, "0100-01-01T00:00:00Z"),
    Case("the year 0", -62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
    Case("five digits", 253_402_300_800_000_000, "10000-01-01T00:00:00Z"),
  ]

  @Test("is written as RFC 3339 has it", arguments: texts)
  func rfc3339(row: Case<Int64, String>) {
    #expect(Timestamp(microseconds: row.input).rfc3339 == row.expected)
  }

  @Test("is written as a server in UTC writes it", .needs(TestServer.all)) func asServers() async throws {
    let values: [Int64] = (0..<400).map { $0 * 61_234_567_890_123 - 12_000_000_000_000_000 }
    try await TestDatabase.plain().withConnection(.target) { target throws in
      for value in values {
        // As one number the server would take it for a fraction of a second in binary.
        let text = try target.value(
          """
          SELECT to_timestamp(0) + \(value / 1_000_000) * interval '1 second'
            + \(value % 1_000_000) * interval '1 microsecond'
          """)
        #expect(Timestamp(microseconds: value).text == text)
      }
    }
  }

  @Test("tells how much time has passed") func since() {
    let time = Timestamp(microseconds: 5_000_000)
    #expect(time.since(Timestamp(microseconds: 3_500_000)) == .milliseconds(1500))
    #expect(time.advanced(by: .seconds(-2)) == Timestamp(microseconds: 3_000_000))
  }
}
