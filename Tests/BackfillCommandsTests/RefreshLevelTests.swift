import Postgres
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite("Levels of continuous aggregates") struct RefreshLevelTests {
  private func aggregate(_ id: Int64, on raw: Int64) -> Watermark {
    Watermark(
      aggregate: QualifiedName("s", "v\(id)"), materializedID: id, rawHypertableID: raw,
      timeType: .timestamptz,
      materialized: QualifiedName("s", "m\(id)"), timeColumn: Identifier("t"), value: nil, bucketWidth: nil)
  }

  private func levels(_ aggregates: (Int64, Int64)...) -> [[Int64]] {
    RefreshCaggs.levels(aggregates.map { aggregate($0.0, on: $0.1) }).map { $0.map(\.materializedID) }
  }

  @Test("begin with those on hypertables, then those on them") func hierarchy() {
    #expect(levels((1111, 111), (111, 11), (12, 1), (11, 1)) == [[12, 11], [111], [1111]])
  }

  @Test("don't wait for what isn't refreshed") func outside() {
    #expect(levels((111, 11), (1111, 111)) == [[111], [1111]])
    #expect(levels() == [])
  }

  @Test("end even where two depend on each other") func cycle() {
    #expect(levels((1, 2), (2, 1), (3, 9)) == [[3], [1, 2]])
  }
}
