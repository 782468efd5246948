import TestConnections
import TestServers
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("A refresh is cut into parts") struct RefreshBatchTests {
  private static func range(_ lower: Int64, _ upper: Int64) -> Dimension.Range {
    Dimension.Range(lower: lower, upper: upper)
  }

  private static func batch(_ lower: Int64, _ upper: Int64, from window: Int64? = nil) -> RefreshBatch {
    RefreshBatch(core: range(lower, upper), window: range(window ?? lower, upper))
  }

  struct Cut: Sendable {
    var range: Dimension.Range
    var starts: [Int64]
    var longest: Int64? = 10
  }

  static let cuts: [Case<Cut, [RefreshBatch]>] = [
    Case("nothing to cut at", Cut(range: range(0, 900), starts: []), [batch(0, 900)]),
    Case("one chunk", Cut(range: range(0, 900), starts: [0]), [batch(0, 900)]),
    Case(
      "at chunks", Cut(range: range(0, 900), starts: [0, 300, 600]),
      [batch(0, 300), batch(300, 600, from: 291), batch(600, 900, from: 591)]),
    Case(
      "not at each of many small ones",
      Cut(range: range(0, 300), starts: Array(stride(from: 0, to: 300, by: 20))),
      [batch(0, 100), batch(100, 200, from: 91), batch(200, 300, from: 191)]),
    Case(
      "with a last part that isn't small", Cut(range: range(0, 250), starts: [0, 100, 200]),
      [batch(0, 100), batch(100, 250, from: 91)]),
    Case(
      "from the beginning of time", Cut(range: range(.min, 900), starts: [0, 300, 600]),
      [batch(.min, 300), batch(300, 600, from: 291), batch(600, 900, from: 591)]),
    Case(
      "in the middle of chunks", Cut(range: range(150, 750), starts: [0, 300, 600]),
      [batch(150, 300), batch(300, 600, from: 291), batch(600, 750, from: 591)]),
    Case(
      "not where buckets have no known length",
      Cut(range: range(0, 900), starts: [0, 300, 600], longest: nil),
      [batch(0, 900)]),
    Case(
      "not where they are as long as time", Cut(range: range(0, 900), starts: [0, 300, 600], longest: .max),
      [batch(0, 900)]),
  ]

  @Test("at the beginnings of chunks", arguments: cuts)
  func cut(row: Case<Cut, [RefreshBatch]>) {
    let batches = RefreshBatch.cut(
      row.input.range, at: row.input.starts, longestBucket: row.input.longest, step: 1)
    #expect(batches == row.expected)
  }

  /// The server computes the buckets that lie within a window with all of their time.
  @Test("and computes each bucket once, wherever buckets and chunks begin", arguments: 1...40)
  func complete(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let width = Int64.random(in: 1...50, using: &random)
    let origin = Int64.random(in: 0..<width, using: &random)
    let lower = Int64.random(in: -2000...0, using: &random)
    let upper = Int64.random(in: 1...4000, using: &random)
    let starts = Set((0..<30).map { _ in Int64.random(in: -2500...4500, using: &random) }).sorted()
    let batches = RefreshBatch.cut(Self.range(lower, upper), at: starts, longestBucket: width, step: 1)
    #expect(batches.first?.core.lower == lower && batches.last?.core.upper == upper)
    #expect(zip(batches, batches.dropFirst()).allSatisfy { $0.core.upper == $1.core.lower })
    for bucket in stride(from: -3000 * width + origin, to: 3000 * width, by: Int(width)).filter({
      $0 > -2600 && $0 < 4600
    }) {
      let isWanted = bucket >= lower && bucket + width <= upper
      let times = batches.count { $0.window.lower <= bucket && bucket + width <= $0.window.upper }
      #expect(times == (isWanted ? 1 : 0), "bucket \(bucket) of \(width), \(batches)")
      // It ends in the part that it is computed in, which is how it is known whether it counts as changed.
      let home = batches.filter { $0.core.lower < bucket + width && bucket + width <= $0.core.upper }
      #expect(!isWanted || home.first.map { $0.window.lower <= bucket } == true)
    }
  }
}
