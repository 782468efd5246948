/// What comparing a task's chunk has come to.
public enum ComparisonResult: Sendable, Equatable {
  case chunkIsGone
  case equalRows(Int64)
  /// Compressed tuples are equal, and so are the rows in them.
  case equalTuples(Int64, rows: Int64)
  /// Rows were counted, and not looked at.
  case equalCounts(Int64)
  case differs(Difference)
}
