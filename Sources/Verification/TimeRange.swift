import ChunkPairs
import Postgres
import TimescaleDB

/// A range of a chunk's time, as rows that differ are looked for in.
struct TimeRange {
  private let dimension: Dimension
  let type: TimeType
  private(set) var range: Dimension.Range

  /// The time of a task; nil where it can't be cut: what a partitioning function makes of a column, a range without an
  /// end, and UUIDs, of which a server has no least or greatest before PostgreSQL 18.
  init?(_ pair: ChunkPair) {
    let chunk = pair.source
    guard let index = chunk.timeIndex, index < chunk.slices.count,
      let type = chunk.dimensions[index].timeType,
      type != .uuid
    else { return nil }
    dimension = chunk.dimensions[index]
    self.type = type
    range = chunk.slices[index].intersection(pair.range)
    guard range.lower != .min, range.upper != .max, range.lower < range.upper else { return nil }
  }

  var column: Identifier { dimension.column }

  /// How many different times there can be.
  var width: UInt64 { UInt64(bitPattern: range.upper &- range.lower) / UInt64(type.step) }

  /// nil where the range leaves nothing out.
  var predicate: SQL? {
    guard case .condition(let condition) = dimension.predicate(range) else { return nil }
    return condition
  }

  /// From one time to another, both included.
  func narrowed(from first: Int64, through last: Int64) -> TimeRange {
    let (upper, isBeyond) = last.addingReportingOverflow(type.step)
    var part = self
    part.range = Dimension.Range(lower: first, upper: isBeyond ? .max : upper)
    return part
  }

  /// From this range's beginning to a later one's end.
  func through(_ later: TimeRange) -> TimeRange {
    var joined = self
    joined.range.upper = later.range.upper
    return joined
  }

  /// Where to cut into pieces of equal width, but for the last, which may be longer.
  func cuts(into pieces: UInt64) -> [SQL] {
    let count = min(pieces, width)
    guard count > 1 else { return [] }
    let step = Int64(width / count) * type.step
    return (1..<Int64(count)).map { type.constant(range.lower + $0 * step) }
  }
}
