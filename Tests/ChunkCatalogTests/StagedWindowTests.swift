import Postgres
import Testing
import TimescaleDB

@testable import ChunkCatalog

@Suite("Staged windows") struct StagedWindowTests {
  private func rest(
    of range: (Int64, Int64), without newer: (Int64, Int64), copied: [(Int64, Int64)]
  ) -> [TaskBounds] {
    StagedWindow(hypertable: QualifiedName("s", "t"), time: .init(lower: range.0, upper: range.1))
      .rest(
        without: .init(lower: newer.0, upper: newer.1),
        copied: copied.map { .init(lower: $0.0, upper: $0.1) })
  }

  @Test("a newer window replaces an earlier one where nothing was copied") func replaced() {
    #expect(rest(of: (0, 100), without: (0, 50), copied: []) == [])
    #expect(rest(of: (0, 100), without: (0, 50), copied: [(0, 50)]) == [])
    #expect(rest(of: (0, 100), without: (20, 50), copied: [(60, 100)]) == [.init(lower: 50, upper: 100)])
  }

  @Test("what a newer staging took out of the queue is not to be copied any more") func dropped() {
    let window = StagedWindow(hypertable: QualifiedName("s", "t"), time: .init(lower: .min, upper: 100))
    #expect(
      window.rest(
        without: .init(lower: 90, upper: 200), copied: [.init(lower: 0, upper: 40)],
        dropped: [.init(lower: 40, upper: 90)]) == [.init(lower: .min, upper: 40)])
  }

  @Test("an earlier one that was copied stays beside a newer one") func beside() {
    #expect(
      rest(of: (.min, 100), without: (100, 200), copied: [(0, 100)]) == [.init(lower: .min, upper: 100)])
    #expect(rest(of: (.min, 100), without: (.min, 200), copied: [(0, 100)]) == [])
  }
}
