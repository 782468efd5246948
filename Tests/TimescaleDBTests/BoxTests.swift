import TestConnections
import TestServers
import Testing

@testable import TimescaleDB

@Suite("Boxes") struct BoxTests {
  @Test("what is left after subtracting is what no other covers, for every point", arguments: 1...3)
  func bruteForce(dimensions: Int) {
    var random = SeededRandom(seed: UInt64(dimensions))
    let side: Int64 = dimensions == 3 ? 4 : 6
    for _ in 0..<300 {
      func box() -> Box {
        Box(
          (0..<dimensions).map { _ in
            let lower = Int64.random(in: 0..<side, using: &random)
            return .init(lower: lower, upper: Int64.random(in: lower...side, using: &random))
          })
      }
      let whole = box()
      let others = (0..<Int.random(in: 0...5, using: &random)).map { _ in box() }
      let rest = whole.subtracting(BoxIndex(others, by: 0).overlapping(whole))
      for point in points(side: side, dimensions: dimensions) {
        let expected = whole.contains(point) && !others.contains { $0.contains(point) }
        #expect(rest.count { $0.contains(point) } == (expected ? 1 : 0), "\(whole) - \(others) at \(point)")
      }
    }
  }

  private func points(side: Int64, dimensions: Int) -> [[Int64]] {
    (0..<dimensions).reduce([[]]) { points, _ in points.flatMap { point in (0..<side).map { point + [$0] } } }
  }
}

extension Box {
  fileprivate func contains(_ point: [Int64]) -> Bool {
    zip(ranges, point).allSatisfy { $0.lower <= $1 && $1 < $0.upper }
  }
}
