import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

/// The window of `--from` and `--until` holds the values that the server itself finds between the two texts.
@Suite("--from and --until, value by value", .needs(TestServer.all)) struct TimeBoundsPropertiesTests {
  struct Kind: Sendable, CustomStringConvertible {
    let type: TimeType
    /// A value of the type, as SQL over the numbers `n` from -300 to 300.
    let value: SQL
    /// Whether it is before the text, in the server's words.
    let isBefore: @Sendable (String) -> SQL

    var description: String { type.rawValue }
  }

  static let kinds = [
    Kind(
      type: .timestamptz, value: "timestamptz '2024-01-01 00:00+00' + n * interval '6 hours 1 microsecond'",
      isBefore: { "v < \($0)::timestamptz" }),
    // Read as a time in UTC, which is the session's zone.
    Kind(
      type: .timestamp, value: "timestamp '2024-01-01 00:00' + n * interval '6 hours 1 microsecond'",
      isBefore: { "v AT TIME ZONE 'UTC' < \($0)::timestamptz" }),
    // A day belongs to the window if its midnight does.
    Kind(
      type: .date, value: "date '2024-01-01' + n",
      isBefore: { "v::timestamp AT TIME ZONE 'UTC' < \($0)::timestamptz" }),
    Kind(type: .bigint, value: "n::bigint", isBefore: { "v < \($0)::bigint" }),
    Kind(type: .integer, value: "n::integer", isBefore: { "v < \($0)::integer" }),
    Kind(type: .smallint, value: "n::smallint", isBefore: { "v < \($0)::smallint" }),
  ]

  /// A point of time near the values, with or without a part of the day, a fraction and an offset; or a number.
  private static func text(_ type: TimeType, _ random: inout SeededRandom) -> String {
    func number(_ range: ClosedRange<Int>, digits: Int = 2) -> String {
      let text = "\(Int.random(in: range, using: &random))"
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    guard !type.isInteger else { return "\(Int.random(in: -310...310, using: &random))" }
    var text = "202\(number(3...4, digits: 1))-\(number(1...12))-\(number(1...28))"
    if Bool.random(using: &random) {
      // Midnights, and a microsecond to either side of them, are where a mistake would show.
      text +=
        [
          " 00:00", " 23:59:59.999999", " 00:00:00.000001", " 06:00:00.000001",
          "T\(number(0...23)):\(number(0...59)):00",
        ].randomElement(using: &random) ?? ""
      text += ["", "", "Z", "+02", "-11:30"].randomElement(using: &random) ?? ""
    }
    return text
  }

  @Test("is what the server compares", arguments: kinds)
  func window(kind: Kind) async throws {
    let database = try await #require(TestServer.newest).makeDatabase()
    try await database.withConnection { connection throws in
      try connection.run(
        "CREATE TABLE public.sample AS SELECT \(kind.value) AS v FROM generate_series(-300, 300) AS n")
      let hypertable = Hypertable(
        id: 1, name: QualifiedName("public", "sample"),
        dimensions: [
          Dimension(
            column: Identifier("v"), type: kind.type.rawValue, isOpen: true, partitioningFunction: nil)
        ], aggregate: nil, rawHypertableID: nil)
      var random = SeededRandom(seed: 6)
      var windows = 0
      for _ in 0..<40 {
        let texts = [Self.text(kind.type, &random), Self.text(kind.type, &random)]
        let from = Bool.random(using: &random) ? nil : texts[0]
        guard
          let bounds = try? TimeBounds(
            from: from, until: CompletionPoint(texts[1]), hypertables: [hypertable], on: connection)
        else {
          // Refused is what leaves nothing between the two, and only that.
          let isEmpty = try connection.value(
            """
            SELECT count(*) = 0 FROM public.sample
            WHERE NOT (\(kind.isBefore(texts[0]))) AND \(kind.isBefore(texts[1]))
            """)
          #expect(from != nil && isEmpty == "t", "\(texts)")
          continue
        }
        windows += 1
        let range = try #require(bounds.range(for: hypertable))
        let wanted: SQL = from.map { "NOT (\(kind.isBefore($0))) AND " } ?? ""
        let internalValue = kind.type.internalValue(ofExpression: "v")
        let different = try connection.values(
          """
          SELECT v::text FROM public.sample
          WHERE (\(wanted)\(kind.isBefore(texts[1])))
            <> (\(internalValue) >= \(range.lower) AND \(internalValue) < \(range.upper))
          """)
        #expect(different.isEmpty, "\(from ?? "-") to \(texts[1]): \(different.prefix(3))")
        // And as a condition on the rows, as chunks are read with.
        guard case .condition(let condition) = hypertable.dimensions[0].predicate(range) else { continue }
        let misread = try connection.values(
          """
          SELECT v::text FROM public.sample
          WHERE (\(condition)) <> (\(internalValue) >= \(range.lower) AND \(internalValue) < \(range.upper))
          """)
        #expect(misread.isEmpty, "\(from ?? "-") to \(texts[1]), \(condition): \(misread.prefix(3))")
      }
      #expect(windows > 15)
    }
  }

  @Test("ends at the watermark where that comes first") func watermarks() async throws {
    let database = try await #require(TestServer.newest).makeDatabase()
    try await database.withConnection { connection throws in
      let aggregate = Hypertable(
        id: 7, name: QualifiedName("public", "a"),
        dimensions: [
          Dimension(column: Identifier("t"), type: "bigint", isOpen: true, partitioningFunction: nil)
        ], aggregate: nil, rawHypertableID: 1)
      var random = SeededRandom(seed: 7)
      for _ in 0..<50 {
        let from = Int64.random(in: -5...5, using: &random)
        let until = Int64.random(in: from + 1...10, using: &random)
        let value = Int64.random(in: -7...12, using: &random)
        let watermark = Watermark(
          aggregate: aggregate.name, materializedID: aggregate.id, rawHypertableID: 1, timeType: .bigint,
          materialized: aggregate.name, timeColumn: Identifier("t"), value: value, bucketWidth: nil)
        let bounds = try TimeBounds(
          from: "\(from)", until: CompletionPoint("\(until)"), hypertables: [aggregate], on: connection
        ).clipped(to: [watermark])
        let range = bounds.range(for: aggregate)
        for point in Int64(-8)...13 {
          let isCopied = range.map { $0.lower <= point && point < $0.upper } ?? false
          #expect(
            isCopied == (from <= point && point < min(until, value)), "\(point): \(from) \(until) \(value)")
        }
      }
    }
  }
}
