import Postgres
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

/// 1 and 2 are plain hypertables. 11 and 12 are aggregates on 1; 111 is on 11, and 1111 on that; 21 is on 2.
@Suite("Cascades") struct HypertableGraphTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    let matches: Set<Int64>
    let up: Bool
    let down: Bool
    let expected: Set<Int64>

    init(_ name: String, _ matches: Set<Int64>, up: Bool = false, down: Bool = false, _ expected: Set<Int64>)
    {
      description = name
      self.matches = matches
      self.up = up
      self.down = down
      self.expected = expected
    }
  }

  private static func hypertable(_ id: Int64, on raw: Int64? = nil) -> Hypertable {
    Hypertable(
      id: id, name: QualifiedName("s", "h\(id)"), dimensions: [],
      aggregate: raw.map { _ in QualifiedName("s", "v\(id)") },
      rawHypertableID: raw)
  }

  static let graph = HypertableGraph(hypertables: [
    hypertable(1), hypertable(2), hypertable(11, on: 1), hypertable(12, on: 1), hypertable(111, on: 11),
    hypertable(1111, on: 111), hypertable(21, on: 2),
  ])

  static let rows = [
    Row("none asked for", [11], [11]),
    Row("nothing matched", [], up: true, down: true, []),
    Row("up from a hypertable", [1], up: true, [1, 11, 12, 111, 1111]),
    Row("up from the middle", [11], up: true, [11, 111, 1111]),
    Row("up from the top", [1111], up: true, [1111]),
    Row("down from a hypertable", [1], down: true, [1]),
    Row("down from the middle", [111], down: true, [111, 11, 1]),
    Row("down from the top", [1111], down: true, [1111, 111, 11, 1]),
    Row("both from the middle, without siblings", [11], up: true, down: true, [1, 11, 111, 1111]),
    Row("both from several", [12, 21], up: true, down: true, [1, 12, 2, 21]),
    Row("a match that isn't there", [99], up: true, down: true, [99]),
  ]

  @Test("add what depends on the matches, or what they depend on", arguments: rows)
  func closure(_ row: Row) {
    #expect(Self.graph.closure(of: row.matches, up: row.up, down: row.down) == row.expected)
  }

  @Test("end even where the catalog says that two depend on each other") func cycle() {
    let graph = HypertableGraph(hypertables: [Self.hypertable(1, on: 2), Self.hypertable(2, on: 1)])
    #expect(graph.closure(of: [1], up: true, down: true) == [1, 2])
  }
}
