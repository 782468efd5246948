import Postgres
import TimescaleDB

/// The target's chunks of one hypertable, to be found by their slices.
struct TargetChunks {
  private let bySlices: [[Dimension.Range]: Chunk]
  private let byStart: [Chunk]
  /// The greatest end among `byStart[0...i]`, so that a search knows when nothing before can reach.
  private let reach: [Int64]
  private let timeIndex: Int

  init(_ chunks: [Chunk], timeIndex: Int) {
    self.timeIndex = timeIndex
    let usable = chunks.filter { $0.slices.count > timeIndex }
    bySlices = Dictionary(usable.map { ($0.slices, $0) }, uniquingKeysWith: { first, _ in first })
    byStart = usable.sorted { $0.slices[timeIndex].lower < $1.slices[timeIndex].lower }
    var reach: [Int64] = []
    for chunk in byStart { reach.append(max(reach.last ?? .min, chunk.slices[timeIndex].upper)) }
    self.reach = reach
  }

  /// The chunk with exactly these slices.
  func equal(to slices: [Dimension.Range]) -> Chunk? { bySlices[slices] }

  /// Whether a chunk shares rows' places with these slices without having exactly them: then none can be made.
  func collides(with slices: [Dimension.Range]) -> Bool {
    guard slices.count > timeIndex else { return false }
    let time = slices[timeIndex]
    var low = 0
    var high = byStart.count
    while low < high {
      let middle = (low + high) / 2
      if byStart[middle].slices[timeIndex].lower < time.upper { low = middle + 1 } else { high = middle }
    }
    var index = low - 1
    while index >= 0, reach[index] > time.lower {
      if zip(byStart[index].slices, slices).allSatisfy({ $0.overlaps($1) }) { return true }
      index -= 1
    }
    return false
  }
}
