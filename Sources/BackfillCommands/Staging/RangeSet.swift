import TimescaleDB

extension Dimension.Range {
  var isEmpty: Bool { lower >= upper }

  /// What of this range none of the others has, in ascending order.
  func subtracting(_ others: [Dimension.Range]) -> [Dimension.Range] {
    var rest: [Dimension.Range] = []
    var start = lower
    for other in others.sorted(by: { $0.lower < $1.lower }) where other.upper > start && other.lower < upper {
      if other.lower > start { rest.append(Dimension.Range(lower: start, upper: other.lower)) }
      start = max(start, other.upper)
    }
    if start < upper { rest.append(Dimension.Range(lower: start, upper: upper)) }
    return rest
  }
}

extension [Dimension.Range] {
  /// The ranges with those that touch each other joined, in ascending order; nil where two of them overlap.
  var joined: [Dimension.Range]? {
    var result: [Dimension.Range] = []
    for range in sorted(by: { $0.lower < $1.lower }) {
      guard let last = result.last else {
        result.append(range)
        continue
      }
      guard range.lower >= last.upper else { return nil }
      if range.lower == last.upper {
        result[result.count - 1].upper = range.upper
      } else {
        result.append(range)
      }
    }
    return result
  }
}
