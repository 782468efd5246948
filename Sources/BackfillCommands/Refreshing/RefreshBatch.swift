import TimescaleDB

/// A part of the time that a refresh is to compute, which is committed by itself.
struct RefreshBatch: Equatable {
  /// The time that it is about: the batches of a range touch each other, and leave nothing out.
  var core: Dimension.Range
  /// What the server is asked to refresh. It computes the buckets that lie within with all of their time: those that end
  /// in the core.
  var window: Dimension.Range

  /// Cuts a range at the beginnings of chunks, so that each chunk is read once, but not into batches of only a few buckets.
  /// Where buckets are equally long none is in two batches; otherwise the last of one may be the first of the next.
  ///
  /// - Parameters:
  ///   - starts: of the chunks that have rows to be computed from, in the order of time.
  ///   - longest: what no bucket is longer than; nil where that isn't known, so that nothing is cut.
  ///   - step: from one value of the time's type to the next.
  static func cut(
    _ range: Dimension.Range, at starts: [Int64], longestBucket longest: Int64?, step: Int64
  ) -> [RefreshBatch] {
    guard let longest, longest > 0 else { return [RefreshBatch(core: range, window: range)] }
    let (least, isTooLong) = longest.multipliedReportingOverflow(by: leastBuckets)
    guard !isTooLong else { return [RefreshBatch(core: range, window: range)] }
    // Before the first chunk there is nothing to compute, however long that is.
    var last = max(range.lower, starts.first ?? range.lower)
    var bounds: [Int64] = []
    for start in starts where distance(last, start) >= least && distance(start, range.upper) >= least {
      bounds.append(start)
      last = start
    }
    let lowers = [range.lower] + bounds
    return zip(lowers, bounds + [range.upper]).enumerated().map { number, ends in
      RefreshBatch(
        core: Dimension.Range(lower: ends.0, upper: ends.1),
        window: Dimension.Range(
          lower: number == 0 ? range.lower : max(range.lower, before(ends.0, by: longest - step)),
          upper: ends.1))
    }
  }

  /// Asking for a refresh takes some time by itself.
  static let leastBuckets: Int64 = 10

  private static func distance(_ first: Int64, _ second: Int64) -> Int64 {
    let (difference, isTooLarge) = second.subtractingReportingOverflow(first)
    return isTooLarge ? .max : difference
  }

  private static func before(_ value: Int64, by length: Int64) -> Int64 {
    let (difference, isTooSmall) = value.subtractingReportingOverflow(length)
    return isTooSmall ? .min : difference
  }
}
