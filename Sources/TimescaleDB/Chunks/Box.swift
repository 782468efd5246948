/// A part of a hypertable's space: a range in each of its dimensions. A chunk has one, and so has what a task covers.
public struct Box: Sendable, Hashable {
  public var ranges: [Dimension.Range]

  public init(_ ranges: [Dimension.Range]) { self.ranges = ranges }

  public var isEmpty: Bool { ranges.contains { $0.lower >= $0.upper } }

  public func overlaps(_ other: Box) -> Bool { zip(ranges, other.ranges).allSatisfy { $0.overlaps($1) } }

  /// What is left of this box without the others, as boxes that don't overlap each other.
  public func subtracting(_ others: some Sequence<Box>) -> [Box] {
    var rest = isEmpty ? [] : [self]
    for other in others {
      guard !rest.isEmpty else { break }
      rest = rest.flatMap { $0.overlaps(other) ? $0.subtracting(other) : [$0] }
    }
    return rest
  }

  /// Cuts off, dimension by dimension, what reaches beyond a box that overlaps this one.
  private func subtracting(_ other: Box) -> [Box] {
    var pieces: [Box] = []
    var middle = self
    for index in ranges.indices {
      let own = middle.ranges[index]
      let cut = other.ranges[index]
      if own.lower < cut.lower {
        var below = middle
        below.ranges[index].upper = cut.lower
        pieces.append(below)
        middle.ranges[index].lower = cut.lower
      }
      if own.upper > cut.upper {
        var above = middle
        above.ranges[index].lower = cut.upper
        pieces.append(above)
        middle.ranges[index].upper = cut.upper
      }
    }
    return pieces
  }
}

/// Boxes to be found by a range of one dimension.
public struct BoxIndex: Sendable {
  private let dimension: Int
  private let byStart: [Box]
  /// The greatest end among `byStart[0...i]`, so that a search knows when nothing before can reach.
  private let reach: [Int64]

  public init(_ boxes: [Box], by dimension: Int) {
    self.dimension = dimension
    byStart = boxes.filter { !$0.isEmpty }.sorted { $0.ranges[dimension].lower < $1.ranges[dimension].lower }
    var reach: [Int64] = []
    for box in byStart { reach.append(max(reach.last ?? .min, box.ranges[dimension].upper)) }
    self.reach = reach
  }

  /// Those that overlap a box.
  public func overlapping(_ box: Box) -> [Box] {
    let wanted = box.ranges[dimension]
    var low = 0
    var high = byStart.count
    while low < high {
      let middle = (low + high) / 2
      if byStart[middle].ranges[dimension].lower < wanted.upper { low = middle + 1 } else { high = middle }
    }
    var found: [Box] = []
    while low > 0, reach[low - 1] > wanted.lower {
      low -= 1
      if byStart[low].overlaps(box) { found.append(byStart[low]) }
    }
    return found
  }
}
