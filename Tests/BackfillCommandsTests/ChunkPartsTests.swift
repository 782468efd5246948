import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("A large chunk's parts") struct ChunkPartsTests {
  typealias Range = Dimension.Range

  static let slice = Range(lower: 0, upper: 1000)
  static let own = Range(lower: .min, upper: .max)
  static let histogram = (0...100).map { Int64($0 * $0 / 10) }

  private func parts(
    of range: Range = own, size: Int64, partSize: Int64 = 100, quantiles: [Int64] = histogram,
    slice: Range = slice, type: TimeType = .bigint
  ) -> [Range] {
    ChunkParts.ranges(
      of: range, slice: slice, size: size, partSize: partSize, quantiles: quantiles, type: type)
  }

  @Test(
    "follow each other without a gap from end to end",
    arguments: [101, 250, 999, 5000, 1_000_000] as [Int64], [histogram, [], [5, 5, 5], [0, 1000]])
  func complete(size: Int64, quantiles: [Int64]) {
    for range in [Self.own, Range(lower: .min, upper: 400), Range(lower: 100, upper: 900)] {
      let parts = parts(of: range, size: size, quantiles: quantiles)
      #expect(parts.first?.lower == range.lower)
      #expect(parts.last?.upper == range.upper)
      #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upper == $1.lower })
      #expect(parts.allSatisfy { $0.lower < $0.upper })
      #expect(parts.count <= ChunkParts.most + 1)
    }
  }

  @Test("are none for a chunk of the size or less, or with splitting off") func small() {
    #expect(parts(size: 100) == [Self.own])
    #expect(parts(size: 1000, partSize: 0) == [Self.own])
  }

  @Test("are cut where the histogram has equal numbers of rows") func quantiles() {
    // The 25th, 50th and 75th of a hundred steps.
    let cuts = parts(size: 400).dropFirst().map(\.lower)
    #expect(cuts.count == 3)
    for (cut, wanted) in zip(cuts, [62, 250, 562] as [Int64]) { #expect(abs(cut - wanted) < 25) }
  }

  @Test("count only what lies in the task's range") func clipped() {
    #expect(parts(of: Range(lower: .min, upper: 250), size: 400).count == 2)
    #expect(parts(of: Range(lower: .min, upper: 3), size: 400).count == 1)
  }

  @Test("are even where there is no histogram, and whole days for dates") func even() {
    #expect(parts(size: 400, quantiles: []).map(\.lower) == [.min, 250, 500, 750])
    let day: Int64 = 86_400_000_000
    let days = parts(
      size: 400, quantiles: [], slice: Range(lower: -3 * day, upper: 4 * day), type: .date
    ).dropFirst().map(\.lower)
    #expect(days == [-2 * day, 0, 2 * day])
  }

  @Test("are no shorter than a day for dates, and none is empty") func days() {
    let day: Int64 = 86_400_000_000
    let slice = Range(lower: 0, upper: 3 * day)
    let parts = parts(size: 2000, quantiles: [], slice: slice, type: .date)
    #expect(parts.map(\.lower) == [.min, day, 2 * day])
    #expect(parts.map(\.upper) == [day, 2 * day, .max])
  }

  @Test("aren't made of a chunk without bounds and histogram") func unbounded() {
    #expect(parts(size: 1000, quantiles: [], slice: Self.own) == [Self.own])
  }
}

@Suite("A range covered by others") struct CoveredRangeTests {
  static let cases: [([(Int64, Int64)], (Int64, Int64), Bool)] = [
    ([(0, 5), (5, 10)], (0, 10), true),
    ([(5, 10), (0, 5)], (2, 7), true),
    ([(0, 5), (6, 10)], (0, 10), false),
    ([(.min, .max)], (3, 4), true),
    ([(.min, 5), (5, .max)], (.min, .max), true),
    ([(1, 5)], (.min, 3), false),
    ([], (0, 1), false),
    ([(0, 3), (1, 2), (2, 10)], (0, 10), true),
  ]

  @Test("is, only if nothing is left out", arguments: cases)
  func covered(ranges: [(Int64, Int64)], range: (Int64, Int64), isCovered: Bool) {
    let others = ranges.map { Dimension.Range(lower: $0.0, upper: $0.1) }
    #expect(Dimension.Range(lower: range.0, upper: range.1).isCovered(by: others) == isCovered)
  }
}
