import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("Where a chunk's rows lie") struct RowSpreadTests {
  private static func range(_ lower: Int64, _ upper: Int64) -> Dimension.Range {
    Dimension.Range(lower: lower, upper: upper)
  }

  private static let slice = range(100, 200)
  private static let even = RowSpread(slice: slice)
  /// A quarter of the rows from 110 to 120, and so on; most are old.
  private static let uneven = RowSpread(slice: slice, quantiles: [110, 120, 130, 140, 180])

  @Test(
    "gives a part of its time its share",
    arguments: [
      Case("whole", (even, range(.min, .max)), 1000), Case("its own bounds", (even, slice), 1000),
      Case("half", (even, range(150, .max)), 500), Case("the beginning", (even, range(.min, 110)), 100),
      Case("the middle", (even, range(120, 130)), 100), Case("nothing", (even, range(150, 150)), 0),
      Case("crossed bounds", (even, range(160, 150)), 0),
      Case("before all rows", (uneven, range(.min, 110)), 0),
      Case("after all rows", (uneven, range(180, .max)), 0),
      Case("a step", (uneven, range(120, 130)), 250), Case("part of a step", (uneven, range(160, .max)), 125),
      Case("over several steps", (uneven, range(115, 130)), 375),
      Case("of an endless slice", (RowSpread(slice: range(.min, .max)), range(0, .max)), 500),
      Case("one value only", (RowSpread(slice: slice, quantiles: [150, 150, 150]), range(150, .max)), 1000),
    ] as [Case<(RowSpread, Dimension.Range), Int64>])
  func share(_ row: Case<(RowSpread, Dimension.Range), Int64>) {
    #expect(row.input.0.share(of: 1000, in: row.input.1) == row.expected)
  }

  @Test("gives parts together all there is, however it is rounded", arguments: [even, uneven])
  func sum(spread: RowSpread) {
    let bounds: [Int64] = [.min, 113, 129, 131, 164, 177, .max]
    let parts = zip(bounds, bounds.dropFirst()).map(Self.range)
    for number: Int64 in [0, 1, 7, 1001, 1 << 50] {
      #expect(parts.reduce(0) { $0 + spread.share(of: number, in: $1) } == number)
    }
  }
}
