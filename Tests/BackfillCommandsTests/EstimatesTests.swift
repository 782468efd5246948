import Postgres
import TestConnections
import Testing

@testable import BackfillCommands
@testable import ChunkCatalog
@testable import TimescaleDB

@Suite("verify --estimate") struct EstimatesTests {
  static let distances: [Case<(Double, Double, Bool), Estimates.Distance>] = [
    Case("equal", (1000, 1000, false), .near), Case("nothing on both sides", (0, 0, false), .near),
    Case("a tenth", (1000, 900, false), .near), Case("more than a tenth", (1000, 899, false), .apart),
    Case("twice", (1000, 500, false), .apart), Case("more than twice", (499, 1000, false), .farApart),
    Case("nothing on one side", (1, 0, false), .farApart), Case("stale", (1000, 0, true), .apart),
  ]

  @Test("takes numbers for near, apart or far apart", arguments: distances)
  func distance(item: Case<(Double, Double, Bool), Estimates.Distance>) {
    let (source, target, isStale) = item.input
    #expect(Estimates.distance(source, target, isStale: isStale) == item.expected)
  }

  private static let range = Dimension.Range(lower: 0, upper: 10)
  private static let hypertable = QualifiedName("public", "m")

  private static func task(
    _ chunk: String, bounds: TaskBounds = .wholeChunk, targetChunk: QualifiedName? = QualifiedName("t", "x")
  ) -> BackfillTask {
    BackfillTask(
      priority: 1, chunk: QualifiedName("s", chunk), targetHypertable: hypertable, targetChunk: targetChunk,
      bounds: bounds, hypertable: hypertable, slices: [StagedSlice(Identifier("time"), range)])
  }

  private static func statistics(
    _ chunk: String, _ rows: Double?, range: Dimension.Range = range, isNoted: Bool = false,
    isStale: Bool = false
  ) -> ChunkStatistics {
    ChunkStatistics(
      name: QualifiedName("s", chunk), hypertable: hypertable, slices: [Identifier("time"): range],
      estimate: .init(rows: rows, isNoted: isNoted, isStale: isStale))
  }

  private static func estimates(
    _ task: BackfillTask, _ source: [ChunkStatistics], _ target: [ChunkStatistics]
  ) -> Estimates {
    Estimates(
      [task], source: source, target: target, names: [hypertable: QualifiedName("public", "known")])
  }

  @Test("compares whole chunks that both sides have with the same bounds, by any name") func compares() {
    let found = Self.estimates(
      Self.task("a"), [Self.statistics("a", 100, isNoted: true)], [Self.statistics("other", 95)])
    #expect(
      found.hypertables == [
        .init(name: QualifiedName("public", "known"), chunks: 1, source: 100, target: 95)
      ])
    #expect(found.noted == 1)
    #expect(found.apart.isEmpty && found.farApart.isEmpty && found.unknown.isEmpty && found.leftOut == 0)
  }

  @Test("names chunks that are far apart, unless a side's statistics are stale") func farApart() {
    let far = Self.estimates(Self.task("a"), [Self.statistics("a", 100)], [Self.statistics("a", 0)])
    #expect(far.farApart.map(\.name) == [QualifiedName("s", "a")])
    let stale = Self.estimates(
      Self.task("a"), [Self.statistics("a", 100)], [Self.statistics("a", 0, isStale: true)])
    #expect(stale.farApart.isEmpty)
    #expect(stale.apart.count == 1)
    #expect(stale.stale.map(\.sides) == [[.target]])
  }

  @Test("says of which chunks nothing is known") func unknown() {
    let silent = Self.estimates(Self.task("a"), [Self.statistics("a", nil)], [Self.statistics("a", nil)])
    #expect(silent.unknown.map(\.sides) == [[.source, .target]])
    #expect(silent.compared == 0)
    // Noted by this program, perhaps, as the source has it.
    let noted = Self.estimates(
      Self.task("a"), [Self.statistics("a", 100)], [Self.statistics("a", 100, isNoted: true)])
    #expect(noted.unknown.map(\.sides) == [[.target]])
    let gone = Self.estimates(Self.task("a"), [Self.statistics("a", 1)], [])
    #expect(gone.unknown.map(\.sides) == [[.target]])
  }

  @Test("leaves out what statistics say nothing of") func leftOut() {
    let other = Dimension.Range(lower: 0, upper: 20)
    let source = [Self.statistics("a", 100)]
    for (task, there, here) in [
      (Self.task("a", bounds: TaskBounds(upper: 5)), source, source),
      (Self.task("a"), [], source),
      (Self.task("a"), [Self.statistics("a", 100, range: other)], source),
      (Self.task("a", targetChunk: nil), source, [Self.statistics("a", 100, range: other)]),
    ] {
      let found = Self.estimates(task, there, here)
      #expect(found.leftOut == 1)
      #expect(found.compared == 0 && found.unknown.isEmpty)
    }
  }
}
