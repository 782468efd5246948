import TestConnections
import Testing

@testable import TimescaleDB

@Suite("What statistics say of a chunk") struct ChunkStatisticsTests {
  typealias Counts = ChunkStatistics.Counts
  typealias Batches = ChunkStatistics.Batches

  struct Facts: Sendable {
    var heap = Counts(tuples: 1000, changes: 0, isEmpty: false)
    var batches: Batches?
    var isPartial = false
  }

  private static let none = Counts(tuples: -1, changes: 0, isEmpty: true)

  private static func compressed(
    _ batches: Double, average: Double? = 200, changes: Int64 = 0, isEmpty: Bool = false,
    noted: (rows: Double, batches: Double) = (0, 0), beside: Counts? = nil
  ) -> Facts {
    Facts(
      heap: beside ?? none,
      batches: Batches(
        counts: Counts(tuples: batches, changes: changes, isEmpty: isEmpty), averageRows: average,
        notedRows: noted.rows, notedBatches: noted.batches), isPartial: beside != nil)
  }

  static let cases: [Case<Facts, ChunkStatistics.Estimate>] = [
    Case("rows", Facts(), .init(rows: 1000)),
    Case(
      "rows, many changed since", Facts(heap: Counts(tuples: 1000, changes: 151, isEmpty: false)),
      .init(rows: 1000, isStale: true)),
    Case(
      "rows, some changed since", Facts(heap: Counts(tuples: 1000, changes: 150, isEmpty: false)),
      .init(rows: 1000)),
    Case(
      "never analyzed", Facts(heap: Counts(tuples: -1, changes: 5000, isEmpty: false)), .init(rows: nil)),
    Case(
      "never analyzed, and without a byte", Facts(heap: none), .init(rows: 0)),
    Case(
      "emptied since", Facts(heap: Counts(tuples: 1000, changes: 1000, isEmpty: true)), .init(rows: 0)),
    Case("batches", compressed(10), .init(rows: 2000)),
    Case("batches, many changed since", compressed(10, changes: 60), .init(rows: 2000, isStale: true)),
    Case("no batches", compressed(-1, isEmpty: true, noted: (7, 1)), .init(rows: 0)),
    Case(
      "batches that were never analyzed", compressed(-1, average: nil, noted: (7200, 10)),
      .init(rows: 7200, isNoted: true)),
    Case("batches of which nothing is known", compressed(-1, average: nil), .init(rows: nil)),
    Case(
      "batches that are more than were noted", compressed(20, average: nil, noted: (7200, 10)),
      .init(rows: 14400)),
    Case("batches of unknown size", compressed(20, average: nil), .init(rows: nil)),
    Case(
      "batches and rows beside",
      compressed(10, beside: Counts(tuples: 24, changes: 0, isEmpty: false)), .init(rows: 2024)),
    Case(
      "batches and rows beside that were never analyzed",
      compressed(10, beside: Counts(tuples: -1, changes: 24, isEmpty: false)), .init(rows: nil)),
    Case(
      "batches and rows beside, many of them new",
      compressed(10, beside: Counts(tuples: 24, changes: 90, isEmpty: false)),
      .init(rows: 2024, isStale: true)),
  ]

  @Test("is a number of rows, or that there is none to be had", arguments: cases)
  func estimate(item: Case<Facts, ChunkStatistics.Estimate>) {
    let facts = item.input
    #expect(
      ChunkStatistics.estimate(facts.heap, facts.batches, isPartial: facts.isPartial) == item.expected)
  }
}
