import TestServers
import Testing
import TimescaleDB

@testable import BackfillCommands

/// What is computed with ranges is what counting their points one by one says.
@Suite("Ranges, point by point") struct RangePropertiesTests {
  typealias Range = Dimension.Range

  /// Every bound that a range here may have has a point at it, before it and behind it.
  static let points: [Int64] = [Int64.min] + Array(-2...14) + [Int64.max - 1]

  /// Also ranges without a lower or an upper bound.
  private static func range(_ random: inout SeededRandom) -> Range {
    let lower = Int64.random(in: -1...11, using: &random)
    let upper = Int64.random(in: lower + 1...12, using: &random)
    return Range(lower: lower == -1 ? .min : lower, upper: upper == 12 ? .max : upper)
  }

  private static func ranges(_ random: inout SeededRandom) -> [Range] {
    (0..<Int.random(in: 0...5, using: &random)).map { _ in range(&random) }
  }

  private static func has(_ range: Range, _ point: Int64) -> Bool {
    range.lower <= point && point < range.upper
  }

  private static func has(_ ranges: [Range], _ point: Int64) -> Bool {
    ranges.contains { has($0, point) }
  }

  @Test("are cut, covered, contained and overlapped as their points are") func pairs() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<4000 {
      let (one, other) = (Self.range(&random), Self.range(&random))
      let common = Self.points.filter { Self.has(one, $0) && Self.has(other, $0) }
      #expect(one.overlaps(other) == !common.isEmpty, "\(one) \(other)")
      #expect(
        Self.points.filter { Self.has(one.intersection(other), $0) } == common, "\(one) \(other)")
      #expect(
        one.contains(other) == Self.points.allSatisfy { !Self.has(other, $0) || Self.has(one, $0) },
        "\(one) \(other)")
    }
  }

  @Test("lose what others have, and no more") func subtracting() {
    var random = SeededRandom(seed: 2)
    for _ in 0..<4000 {
      let (one, others) = (Self.range(&random), Self.ranges(&random))
      let rest = one.subtracting(others)
      for point in Self.points {
        #expect(
          rest.count { Self.has($0, point) } == (Self.has(one, point) && !Self.has(others, point) ? 1 : 0),
          "\(point): \(one) \(others) \(rest)")
      }
      #expect(rest.allSatisfy { !$0.isEmpty }, "\(one) \(others) \(rest)")
      #expect(zip(rest, rest.dropFirst()).allSatisfy { $0.upper < $1.lower }, "\(one) \(others) \(rest)")
      #expect(one.isCovered(by: others) == rest.isEmpty, "\(one) \(others)")
    }
  }

  @Test("are joined to the same points, unless two share one") func joined() {
    var random = SeededRandom(seed: 3)
    var (joinedOnes, refused) = (0, 0)
    for _ in 0..<4000 {
      let ranges = Self.ranges(&random)
      let areApart = Self.points.allSatisfy { point in ranges.count { Self.has($0, point) } <= 1 }
      guard let joined = ranges.joined else {
        #expect(!areApart, "\(ranges)")
        refused += 1
        continue
      }
      joinedOnes += 1
      #expect(areApart, "\(ranges)")
      for point in Self.points {
        #expect(Self.has(joined, point) == Self.has(ranges, point), "\(point): \(ranges) \(joined)")
      }
      #expect(zip(joined, joined.dropFirst()).allSatisfy { $0.upper < $1.lower }, "\(ranges) \(joined)")
    }
    #expect(joinedOnes > 500 && refused > 500)
  }

  @Test("of a refresh leave out the buckets that stay, and no others") func sparing() throws {
    var random = SeededRandom(seed: 4)
    let width: Int64 = 10
    for _ in 0..<1000 {
      let buckets = (0..<Int64.random(in: 1...12, using: &random)).map { $0 * width }
      let end = try #require(buckets.last) + width
      let range = try #require(
        RefreshedRange(staged: Bool.random(using: &random) ? 0 : nil, watermark: end, canForce: true))
      let kept = buckets.filter { _ in Bool.random(using: &random) }
      let computed = range.sparing(kept.map { ($0, $0) })
      for bucket in buckets {
        // TimescaleDB computes the buckets that lie in a range with all of their time.
        let isComputed = computed.contains { $0.lower <= bucket && bucket + width <= $0.upper }
        #expect(isComputed == !kept.contains(bucket), "\(bucket): \(kept) \(computed)")
      }
      #expect(computed.allSatisfy { !$0.isEmpty }, "\(kept) \(computed)")
    }
  }
}

/// A chunk in parts has the rows that it has whole.
@Suite("A large chunk's parts, by chance") struct ChunkPartPropertiesTests {
  typealias Range = Dimension.Range

  /// A type, the step between its values, and a chunk's time.
  private static let slices: [(type: TimeType, slice: Range)] = [
    (.bigint, Range(lower: 0, upper: 1000)),
    (.bigint, Range(lower: -1, upper: 2)),
    (.bigint, Range(lower: .min, upper: -9_000_000_000_000_000_000)),
    (.bigint, Range(lower: 9_000_000_000_000_000_000, upper: .max)),
    (.smallint, Range(lower: -20, upper: 20)),
    (.date, Range(lower: -7 * 86_400_000_000, upper: 7 * 86_400_000_000)),
    (.timestamptz, Range(lower: 1_704_067_200_000_000, upper: 1_704_153_600_000_000)),
    (.uuid, Range(lower: 1_704_067_200_000_000, upper: 1_704_070_800_000_000)),
  ]

  /// The task's range: the whole chunk, as far as it is to be copied, or a part of it.
  private static func range(of slice: Range, step: Int64, _ random: inout SeededRandom) -> Range {
    let values = [0, 1].map { _ in value(in: slice, step: step, &random) }.sorted()
    let lower = Bool.random(using: &random) ? .min : values[0]
    let upper = Bool.random(using: &random) ? .max : values[1]
    return lower < upper ? Range(lower: lower, upper: upper) : Range(lower: .min, upper: .max)
  }

  private static func value(in slice: Range, step: Int64, _ random: inout SeededRandom) -> Int64 {
    let value = Int64.random(in: slice.lower..<slice.upper, using: &random)
    let rounded = value - ((value % step) + step) % step
    return max(slice.lower, rounded)
  }

  @Test("have each value of the task's range once, and are cut where a value can be")
  func everyValueOnce() {
    var random = SeededRandom(seed: 5)
    var (divided, whole) = (0, 0)
    for _ in 0..<3000 {
      let (type, slice) = Self.slices.randomElement(using: &random) ?? Self.slices[0]
      let range = Self.range(of: slice, step: type.step, &random)
      let count = Bool.random(using: &random) ? 0 : Int.random(in: 2...101, using: &random)
      let quantiles = (0..<count).map { _ in Self.value(in: slice, step: type.step, &random) }.sorted()
      let partSize = Int64.random(in: 0...50, using: &random)
      let size = Int64.random(in: 0...3000, using: &random)
      let parts = ChunkParts.ranges(
        of: range, slice: slice, size: size, partSize: partSize, quantiles: quantiles, type: type)
      let told: Comment = "\(type) \(slice) \(range) \(size)/\(partSize) \(quantiles): \(parts)"
      if parts.count > 1 { divided += 1 } else { whole += 1 }
      if partSize == 0 || size <= partSize { #expect(parts == [range], told) }
      #expect(parts.count <= ChunkParts.most + 1, told)
      // At each cut and to both sides of it.
      let points = parts.flatMap { [$0.lower, $0.upper] }.flatMap { [$0 &- 1, $0, $0 &+ 1] } + quantiles
      for point in points where range.lower <= point && point < range.upper {
        #expect(parts.count { $0.lower <= point && point < $0.upper } == 1, told)
      }
      for cut in parts.dropFirst().map(\.lower) {
        #expect(slice.lower < cut && cut < slice.upper, told)
        // A cut between two values of a date would leave a part without rows at best.
        if type == .date || type == .uuid { #expect(cut % type.step == 0, told) }
      }
    }
    #expect(divided > 500 && whole > 500)
  }
}
