import ChunkCatalog
import Postgres

extension ComparisonResult {
  var text: String {
    switch self {
    case .chunkIsGone: "the chunk is gone from the source, so there is nothing to compare with"
    case .equalRows(let rows): "\(rows) rows are equal"
    case .equalTuples(let tuples, let rows): "\(rows) rows in \(tuples) compressed tuples are equal"
    case .equalCounts(let rows): "\(rows) rows on both sides"
    case .differs(let difference): difference.text
    }
  }
}

extension Difference {
  fileprivate var text: String {
    let place = ends.map { $0.first == $0.last ? " at \($0.first)" : " between \($0.first) and \($0.last)" }
    guard sourceRows == targetRows else {
      return "\(sourceRows) rows on the source, \(targetRows) on the target"
        + (place.map { "; the difference is\($0)" } ?? "")
    }
    let counts = "\(sourceRows) rows on both sides"
    let names = columns.map(\.description).joined(separator: ", ")
    return switch columns.count {
    case 0:
      "\(counts), each column by itself has equal values but rows combine them differently\(place ?? "")"
    case 1: "\(counts); column \(names) differs\(place ?? "")"
    default: "\(counts); columns \(names) differ\(place ?? "")"
    }
  }
}
