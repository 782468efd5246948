import Postgres
import TestConnections
import Testing

@testable import TimescaleDB

@Suite("Dimensions") struct DimensionTests {
  static func time(_ type: String, function: QualifiedName? = nil) -> Dimension {
    Dimension(column: Identifier("t"), type: type, isOpen: true, partitioningFunction: function)
  }

  static let hash = QualifiedName("_timescaledb_functions", "get_partition_hash")
  static let space = Dimension(
    column: Identifier("d"), type: "text", isOpen: false, partitioningFunction: hash)
  static let partition = #""_timescaledb_functions"."get_partition_hash"("d")"#

  @Test(
    "bound the rows of a slice",
    arguments: [
      Case("both ends", (time("bigint"), 10, 20), .condition(#""t" >= 10::bigint AND "t" < 20::bigint"#)),
      Case(
        "negative", (time("bigint"), -20, -10), .condition(#""t" >= (-20)::bigint AND "t" < (-10)::bigint"#)),
      Case("from the beginning", (time("bigint"), .min, 20), .condition(#""t" < 20::bigint"#)),
      Case("to the end", (time("bigint"), 10, .max), .condition(#""t" >= 10::bigint"#)),
      Case("everything", (time("bigint"), .min, .max), .everything),
      Case("past the type's end", (time("smallint"), 30000, 40000), .condition(#""t" >= 30000::smallint"#)),
      Case(
        "before the type's beginning", (time("integer"), -3_000_000_000, 0), .condition(#""t" < 0::integer"#)),
      Case(
        "timestamptz", (time("timestamp with time zone"), 0, 1),
        .condition(
          #""t" >= _timescaledb_functions.to_timestamp(0::bigint) AND "t" < _timescaledb_functions.to_timestamp(1::bigint)"#
        )
      ),
      Case(
        "date", (time("date"), .min, 86_400_000_000),
        .condition(#""t" < _timescaledb_functions.to_date(86400000000::bigint)"#)),
      Case(
        "uuid", (time("uuid"), 0, 1000), .condition(#""t" < '00000000-0001-7000-8000-000000000000'::uuid"#)),
      Case("an unknown type", (time("numeric"), 0, 1), .inexpressible),
      Case("an unknown type, everything", (time("numeric"), .min, .max), .everything),
      Case("a time partitioning function", (time("bigint", function: hash), 0, 1), .inexpressible),
      Case(
        "first partition", (space, .min, 1_073_741_823),
        .condition(SQL(fromServer: "(" + partition + " < 1073741823 OR " + partition + " IS NULL)"))),
      Case(
        "last partition", (space, 1_073_741_823, .max),
        .condition(SQL(fromServer: partition + " >= 1073741823"))),
      Case(
        "middle partition", (space, 5, 9),
        .condition(SQL(fromServer: partition + " >= 5 AND " + partition + " < 9"))),
      Case("the only partition", (space, .min, .max), .everything),
    ] as [Case<(Dimension, Int64, Int64), Dimension.Predicate>])
  func predicates(_ row: Case<(Dimension, Int64, Int64), Dimension.Predicate>) {
    let (dimension, lower, upper) = row.input
    #expect(dimension.predicate(Dimension.Range(lower: lower, upper: upper)) == row.expected)
  }

  @Test("without a partitioning function for partitions can't be bounded") func noFunction() {
    let dimension = Dimension(column: Identifier("d"), type: "text", isOpen: false, partitioningFunction: nil)
    #expect(dimension.predicate(Dimension.Range(lower: 0, upper: 5)) == .inexpressible)
    #expect(dimension.predicate(Dimension.Range(lower: .min, upper: .max)) == .everything)
  }

  @Test(
    "have a time type only when they are cut by a plain time",
    arguments: [
      Case("timestamptz", time("timestamp with time zone"), .timestamptz),
      Case("smallint", time("smallint"), .smallint),
      Case("unknown", time("numeric"), nil), Case("by a function", time("bigint", function: hash), nil),
      Case("space", space, nil),
    ] as [Case<Dimension, TimeType?>])
  func timeTypes(_ row: Case<Dimension, TimeType?>) {
    #expect(row.input.timeType == row.expected)
  }

  @Test(
    "have ranges that overlap when they share a value",
    arguments: [
      Case("same", (0, 10, 0, 10), true), Case("inside", (0, 10, 3, 4), true),
      Case("across", (0, 10, 9, 20), true),
      Case("touching", (0, 10, 10, 20), false), Case("apart", (0, 10, 11, 20), false),
      Case("unbounded", (.min, .max, 3, 4), true),
    ] as [Case<(Int64, Int64, Int64, Int64), Bool>])
  func overlaps(_ row: Case<(Int64, Int64, Int64, Int64), Bool>) {
    let first = Dimension.Range(lower: row.input.0, upper: row.input.1)
    let second = Dimension.Range(lower: row.input.2, upper: row.input.3)
    #expect(first.overlaps(second) == row.expected)
    #expect(second.overlaps(first) == row.expected)
  }

  @Test("have ranges that contain others") func contains() {
    let range = Dimension.Range(lower: 0, upper: 10)
    #expect(range.contains(range))
    #expect(range.contains(Dimension.Range(lower: 3, upper: 10)))
    #expect(!range.contains(Dimension.Range(lower: -1, upper: 10)))
    #expect(!range.contains(Dimension.Range(lower: 0, upper: 11)))
    #expect(Dimension.Range(lower: .min, upper: .max).contains(range))
  }
}
