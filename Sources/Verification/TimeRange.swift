import CopyEngine
import Postgres
import TimescaleDB

/// A range of a chunk's time, as rows that differ are looked for in.
struct TimeRange {
  let column: Identifier
  let type: TimeType
  let range: Dimension.Range

  init(column: Identifier, type: TimeType, range: Dimension.Range) {
    self.column = column
    self.type = type
    self.range = range
  }

  /// The time of a task; nil where it can't be cut: what a partitioning function makes of a column, a range without an
  /// end, and UUIDs, of which a server has no least or greatest before PostgreSQL 18.
  init?(_ facts: CopyPlan.Facts) {
    let chunk = facts.source
    guard let index = chunk.timeIndex, index < chunk.slices.count,
      let type = chunk.dimensions[index].timeType,
      type != .uuid
    else { return nil }
    let slice = chunk.slices[index]
    let range = Dimension.Range(
      lower: max(slice.lower, facts.range.lower), upper: min(slice.upper, facts.range.upper))
    guard range.lower != .min, range.upper != .max, range.lower < range.upper else { return nil }
    self.init(column: chunk.dimensions[index].column, type: type, range: range)
  }

  /// How many different times there can be.
  var width: UInt64 { UInt64(bitPattern: range.upper &- range.lower) / UInt64(type.step) }

  /// nil where the range leaves nothing out.
  var predicate: SQL? {
    let dimension = Dimension(column: column, type: type.rawValue, isOpen: true, partitioningFunction: nil)
    guard case .condition(let condition) = dimension.predicate(range) else { return nil }
    return condition
  }

  /// From one time to another, both included.
  func narrowed(from first: Int64, through last: Int64) -> TimeRange {
    let (upper, isBeyond) = last.addingReportingOverflow(type.step)
    return TimeRange(column: column, type: type, range: .init(lower: first, upper: isBeyond ? .max : upper))
  }

  /// From this range's beginning to a later one's end.
  func through(_ later: TimeRange) -> TimeRange {
    TimeRange(column: column, type: type, range: .init(lower: range.lower, upper: later.range.upper))
  }

  /// Where to cut into pieces of equal width, but for the last, which may be longer.
  func cuts(into pieces: UInt64) -> [SQL] {
    let count = min(pieces, width)
    guard count > 1 else { return [] }
    let step = Int64(width / count) * type.step
    return (1..<Int64(count)).map { type.constant(range.lower + $0 * step) }
  }
}
