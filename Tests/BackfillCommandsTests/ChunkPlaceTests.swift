import ChunkCatalog
import Postgres
import TestConnections
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite("Where a chunk belongs") struct ChunkPlaceTests {
  private static let day: Int64 = 86_400_000_000
  private static let start: Int64 = 1_704_067_200_000_000

  private static func dimension(_ type: String) -> Dimension {
    Dimension(column: Identifier("time"), type: type, isOpen: true, partitioningFunction: nil)
  }

  private static func task(
    _ hypertable: String?, _ range: Dimension.Range, bounds: TaskBounds = .wholeChunk
  ) -> BackfillTask {
    BackfillTask(
      priority: 1, chunk: QualifiedName("s", "c"), targetHypertable: QualifiedName("public", "other"),
      targetChunk: nil, bounds: bounds, hypertable: hypertable.map { QualifiedName("public", $0) },
      slices: [StagedSlice(Identifier("time"), range)])
  }

  private static let places = ChunkPlaces([
    Hypertable(
      id: 1, name: QualifiedName("public", "readings"), dimensions: [dimension("timestamp with time zone")],
      aggregate: nil, rawHypertableID: nil),
    Hypertable(
      id: 2, name: QualifiedName("public", "_materialized_2"), dimensions: [dimension("bigint")],
      aggregate: QualifiedName("public", "daily"), rawHypertableID: 1),
  ])

  private static func time(_ sinceStart: Int64) -> TimePoint {
    .time(Timestamp(microseconds: start + sinceStart))
  }

  private static let whole = Dimension.Range(lower: start, upper: start + day)

  @Test(
    "is told by names that people know, and by the task's time",
    arguments: [
      Case(
        "a chunk", task("readings", whole), ("readings", time(0), time(day))),
      Case(
        "a part", task("readings", whole, bounds: TaskBounds(upper: start + day / 2 + 1)),
        ("readings", time(0), time(day / 2 + 1))),
      Case(
        "an aggregate, without an end", task("_materialized_2", .init(lower: .min, upper: 700)),
        ("daily", .beginning, .number(700))),
      Case("a hypertable that is gone", task("gone", whole), ("gone", nil, nil)),
    ] as [Case<BackfillTask, (String, TimePoint?, TimePoint?)>])
  func place(_ row: Case<BackfillTask, (String, TimePoint?, TimePoint?)>) {
    #expect(
      Self.places.place(of: row.input)
        == ChunkPlace(
          hypertable: QualifiedName("public", row.expected.0), from: row.expected.1, to: row.expected.2))
  }

  @Test("isn't known where the queue doesn't say it") func unknown() {
    #expect(Self.places.place(of: Self.task(nil, Self.whole)) == nil)
  }
}
