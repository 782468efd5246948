import Postgres
import TestConnections
import TestServers
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite("The target's chunks") struct TargetChunksTests {
  typealias Box = [Dimension.Range]

  private static func range(_ lower: Int64, _ upper: Int64) -> Dimension.Range {
    Dimension.Range(lower: lower, upper: upper)
  }

  private static func chunks(_ boxes: [Box], timeIndex: Int = 0) -> TargetChunks {
    let chunks = boxes.enumerated().map { index, box in
      Chunk(
        id: Int64(index), hypertableID: 1, name: QualifiedName("s", "c\(index)"), status: [], isTiered: false,
        slices: box, size: 0, compression: nil)
    }
    return TargetChunks(chunks, timeIndex: timeIndex)
  }

  @Test("are found by exactly their slices") func equal() {
    let chunks = Self.chunks([[Self.range(0, 10)], [Self.range(10, 20)], [Self.range(20, 30)]])
    #expect(chunks.equal(to: [Self.range(10, 20)])?.name.name.name == "c1")
    #expect(chunks.equal(to: [Self.range(10, 21)]) == nil)
    #expect(chunks.equal(to: [Self.range(0, 20)]) == nil)
    #expect(chunks.equal(to: []) == nil)
  }

  @Test(
    "collide with what shares a place with them",
    arguments: [
      Case("before all", [range(-10, 0)], false), Case("between, touching", [range(10, 20)], false),
      Case("after all", [range(40, 50)], false), Case("across the first", [range(-5, 5)], true),
      Case("across several", [range(5, 35)], true), Case("inside one", [range(2, 3)], true),
      Case("around all", [range(.min, .max)], true), Case("open upwards", [range(40, .max)], false),
      Case("open downwards", [range(.min, 0)], false),
    ] as [Case<Box, Bool>])
  func collides(_ row: Case<Box, Bool>) {
    let chunks = Self.chunks([[Self.range(30, 40)], [Self.range(0, 10)], [Self.range(20, 30)]])
    #expect(chunks.collides(with: row.input) == row.expected)
  }

  @Test("that are none collide with nothing") func none() {
    #expect(!Self.chunks([]).collides(with: [Self.range(.min, .max)]))
    #expect(Self.chunks([]).equal(to: [Self.range(0, 1)]) == nil)
  }

  @Test("in another partition don't collide") func partitions() {
    let chunks = Self.chunks([[Self.range(0, 10), Self.range(.min, 5)]])
    #expect(!chunks.collides(with: [Self.range(0, 20), Self.range(5, .max)]))
    #expect(chunks.collides(with: [Self.range(0, 20), Self.range(4, .max)]))
  }

  /// Of all sizes, so that a long chunk reaches past many short ones that begin later.
  @Test("are found and collide as looking at each one says", arguments: [0, 1]) func bruteForce(
    timeIndex: Int
  ) {
    var random = SeededRandom(seed: 6)
    func box() -> Box {
      let length = [1, 2, 5, 40].randomElement(using: &random) ?? 1
      let start = Int64.random(in: -50...50, using: &random)
      let time = Self.range(start, start + Int64.random(in: 1...Int64(length), using: &random))
      let low = Int64.random(in: 0...3, using: &random)
      let space = Self.range(low == 0 ? .min : low, low == 3 ? .max : low + 1)
      return timeIndex == 0 ? [time, space] : [space, time]
    }
    for _ in 0..<300 {
      let boxes = (0..<Int.random(in: 0...12, using: &random)).map { _ in box() }
      let chunks = Self.chunks(boxes, timeIndex: timeIndex)
      for _ in 0..<20 {
        let wanted = box()
        let expected = boxes.contains { zip($0, wanted).allSatisfy { $0.overlaps($1) } }
        #expect(chunks.collides(with: wanted) == expected, "\(wanted) in \(boxes)")
        #expect(chunks.equal(to: wanted).map(\.slices) == boxes.first { $0 == wanted })
      }
    }
  }
}
