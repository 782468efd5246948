internal import Postgres
public import TimescaleDB

/// A part of time, in internal values: a task's of its chunk, or the one that was staged of a hypertable. An end that is
/// nil is the chunk's own, whatever that is by now, or the hypertable's: a task without bounds means the whole chunk.
public struct TaskBounds: Sendable, Hashable {
  public let lower: Int64?
  public let upper: Int64?

  public static let wholeChunk = TaskBounds()

  /// The ends of 64 bits stand for none.
  public init(lower: Int64? = nil, upper: Int64? = nil) {
    self.lower = lower == .min ? nil : lower
    self.upper = upper == .max ? nil : upper
  }

  /// A range without regard to a chunk.
  public init(_ range: Dimension.Range) { self.init(lower: range.lower, upper: range.upper) }

  /// Reads a task's or a window's `lower_bound` and `upper_bound`.
  init(_ row: Row) throws(PostgresError) {
    self.init(
      lower: try row.optionalInteger("lower_bound"), upper: try row.optionalInteger("upper_bound"))
  }

  /// A part of a chunk's slice. Ends that the slice has too are the chunk's own.
  public init(_ part: Dimension.Range, of slice: Dimension.Range) {
    self.init(
      lower: part.lower <= slice.lower ? nil : part.lower, upper: part.upper >= slice.upper ? nil : part.upper
    )
  }

  public var isWholeChunk: Bool { lower == nil && upper == nil }

  /// The part as a range without regard to a chunk, whose own ends are left open.
  public var range: Dimension.Range { Dimension.Range(lower: lower ?? .min, upper: upper ?? .max) }

  /// The part of a chunk's slice.
  public func part(of slice: Dimension.Range) -> Dimension.Range { slice.intersection(range) }
}
