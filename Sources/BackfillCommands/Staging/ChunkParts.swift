import Postgres
import TimescaleDB

/// How a large chunk is cut into parts by time.
enum ChunkParts {
  /// A histogram has a hundred steps, as a rule; more parts than that would only be guesses.
  static let most = 100

  /// A task's range cut into parts of about `partSize` bytes, in the order of time: at the histogram's steps, or evenly
  /// where there is none.
  ///
  /// - Parameters:
  ///   - range: the task's part of the chunk; `Int64.min` and `.max` stand for the chunk's own bounds.
  ///   - slice: the chunk's time.
  ///   - size: bytes of the chunk.
  /// - Returns: just `range` where there is nothing to gain.
  static func ranges(
    of range: Dimension.Range, slice: Dimension.Range, size: Int64, partSize: Int64, quantiles: [Int64],
    type: TimeType
  ) -> [Dimension.Range] {
    guard partSize > 0, size > partSize else { return [range] }
    let extent = range.intersection(slice)
    let cuts =
      quantiles.count > 1
      ? cuts(quantiles, within: extent, size: size, partSize: partSize)
      : evenCuts(of: extent, count: Int(clamping: (size - 1) / partSize + 1), type: type)
    let bounds = [range.lower] + cuts.filter { extent.lower < $0 && $0 < extent.upper } + [range.upper]
    return zip(bounds, bounds.dropFirst()).map { Dimension.Range(lower: $0, upper: $1) }
  }

  private static func cuts(
    _ quantiles: [Int64], within extent: Dimension.Range, size: Int64, partSize: Int64
  ) -> [Int64] {
    let inside = quantiles.filter { extent.lower < $0 && $0 < extent.upper }
    // Between n values of a histogram lie n - 1 equal shares of the rows; a piece at each end counts as one.
    let share = min(1, Double(inside.count + 1) / Double(quantiles.count - 1))
    let count = min(most, Int((Double(size) * share / Double(partSize)).rounded(.up)))
    guard count > 1, !inside.isEmpty else { return [] }
    return unique((1..<count).map { inside[min(inside.count - 1, $0 * (inside.count + 1) / count)] })
  }

  private static func evenCuts(of extent: Dimension.Range, count: Int, type: TimeType) -> [Int64] {
    let (length, overflow) = extent.upper.subtractingReportingOverflow(extent.lower)
    guard !overflow, extent.lower != .min, extent.upper != .max else { return [] }
    let count = Int64(min(count, most))
    let step = length / count
    guard step > 0 else { return [] }
    return unique((1..<count).map { type.wholeUnit(extent.lower + $0 * step) })
  }

  /// Of values that don't descend.
  private static func unique(_ values: [Int64]) -> [Int64] {
    var result: [Int64] = []
    for value in values where value != result.last { result.append(value) }
    return result
  }
}

extension TimeType {
  /// The bound rounded down to what a value of the type can be.
  fileprivate func wholeUnit(_ value: Int64) -> Int64 {
    value - ((value % step) + step) % step
  }
}
