import TimescaleDB

/// How a chunk's rows lie in its time: by the statistics' histogram, or evenly where there is none.
struct RowSpread: Equatable {
  /// The chunk's time.
  let slice: Dimension.Range
  /// Ascending, with equally many rows between each two of them.
  let quantiles: [Int64]

  init(slice: Dimension.Range, quantiles: [Int64] = []) {
    self.slice = slice
    self.quantiles = quantiles
  }

  /// What a part of the chunk's time has of a number of bytes or rows. Parts that leave nothing out have all of it
  /// together, whatever is rounded.
  func share(of number: Int64, in range: Dimension.Range) -> Int64 {
    max(0, before(range.upper, of: number) - before(range.lower, of: number))
  }

  private func before(_ time: Int64, of number: Int64) -> Int64 {
    Int64((fraction(before: time) * Double(number)).rounded())
  }

  /// Which part of the rows is older than a time, 0 to 1.
  func fraction(before time: Int64) -> Double {
    if time <= slice.lower { return 0 }
    if time >= slice.upper { return 1 }
    guard quantiles.count > 1 else { return Self.place(of: time, from: slice.lower, to: slice.upper) }
    // The first value that isn't before the time ends the step in which the time is.
    var low = 0
    var high = quantiles.count
    while low < high {
      let middle = (low + high) / 2
      if quantiles[middle] < time { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return 0 }
    if low == quantiles.count { return 1 }
    let inside = Self.place(of: time, from: quantiles[low - 1], to: quantiles[low])
    return (Double(low - 1) + inside) / Double(quantiles.count - 1)
  }

  /// Bounds may be so far from each other that their difference is no integer of 64 bits.
  private static func place(of time: Int64, from lower: Int64, to upper: Int64) -> Double {
    (Double(time) - Double(lower)) / (Double(upper) - Double(lower))
  }
}
