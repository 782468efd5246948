public import Postgres

/// How a chunk's rows differ between the two sides.
public struct Difference: Sendable, Equatable {
  /// Row counts of all that was compared.
  public var sourceRows: Int64
  public var targetRows: Int64
  /// The columns whose values aren't the same on both sides; of no interest where the counts differ already. Empty where
  /// each column by itself has the same values, and rows combine them in other ways.
  public var columns: [Identifier]
  /// Where in time the difference is; nil where that isn't known.
  public var ends: Ends?

  /// The first and last time at which rows differ, as the server writes them.
  public struct Ends: Sendable, Equatable {
    public var first: String
    public var last: String

    public init(first: String, last: String) {
      self.first = first
      self.last = last
    }
  }

  public init(sourceRows: Int64, targetRows: Int64, columns: [Identifier] = [], ends: Ends? = nil) {
    self.sourceRows = sourceRows
    self.targetRows = targetRows
    self.columns = columns
    self.ends = ends
  }
}
