import TimescaleDB

/// What a refresh of one aggregate is to compute.
struct RefreshedRange: Equatable {
  /// `Int64.min` for the beginning of time.
  var range: Dimension.Range
  /// Where nothing was staged, it is not known which buckets the target should have.
  var copied: CopiedBuckets
  /// Also what TimescaleDB doesn't count as changed.
  var isForced: Bool

  /// - Parameters:
  ///   - staged: the end of what was staged of the aggregate. A refresh begins there, whatever the target's own watermark
  ///     says: that may be past buckets that nobody computed, and before ones that were copied. nil when nothing was
  ///     staged; then only what counts as changed is computed, from the beginning of time.
  ///   - isDropped: what was copied went with an aggregate that was dropped and made again. All of the new one counts as
  ///     changed.
  ///   - watermark: up to where the source's is refreshed.
  /// - Returns: nil when there is nothing to do.
  init?(staged: Int64?, isDropped: Bool = false, watermark: Int64?, canForce: Bool) {
    guard let watermark else { return nil }
    copied = isDropped ? .dropped : staged == nil ? .none : .staged
    range = Dimension.Range(lower: copied == .staged ? staged ?? .min : .min, upper: watermark)
    isForced = copied == .staged && canForce
    guard range.lower < range.upper else { return nil }
  }

  /// The first and the last start of buckets that the source has and the target doesn't, where the target has no rows to
  /// compute them from.
  ///
  /// - Parameters:
  ///   - source: the source's buckets in the gaps of the target's rows.
  ///   - target: the target's in the same gaps.
  func lacking(
    _ source: [(first: Int64, last: Int64)?], _ target: [(first: Int64, last: Int64)?]
  ) -> (first: Int64, last: Int64)? {
    let lacking = zip(source, target).compactMap { source, target -> (first: Int64, last: Int64)? in
      guard let source else { return nil }
      guard let target, target.first <= source.first, target.last >= source.last else { return source }
      return nil
    }
    guard let first = lacking.first, let last = lacking.last else { return nil }
    return (first.first, last.last)
  }

  /// The range without buckets that have to stay as they are, in the order of time. TimescaleDB refreshes the buckets
  /// that lie within a range with all of their time, so that a bucket is spared by a range that begins after its start.
  func sparing(_ kept: [(first: Int64, last: Int64)]) -> [Dimension.Range] {
    var ranges: [Dimension.Range] = []
    var rest = range
    for (first, last) in kept {
      ranges.append(Dimension.Range(lower: rest.lower, upper: min(rest.upper, first)))
      rest.lower = max(rest.lower, last + 1)
    }
    return (ranges + [rest]).filter { $0.lower < $0.upper }
  }
}
