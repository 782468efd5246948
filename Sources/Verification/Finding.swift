/// What comparing a task's chunk has come to.
enum Finding {
  case chunkIsGone
  case equalRows(Int64)
  /// Compressed tuples are equal, and so are the rows in them.
  case equalTuples(Int64, rows: Int64)
  /// Rows were counted, and not looked at.
  case equalCounts(Int64)
  case differs(Difference)

  /// In words, which the queue stores in `verify_message`.
  var text: String {
    switch self {
    case .chunkIsGone: "the chunk is gone from the source, so there is nothing to compare with"
    case .equalRows(let rows): "\(rows) rows are equal"
    case .equalTuples(let tuples, let rows): "\(rows) rows in \(tuples) compressed tuples are equal"
    case .equalCounts(let rows): "\(rows) rows on both sides"
    case .differs(let difference): difference.description
    }
  }
}
