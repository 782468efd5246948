import Postgres

/// A difference in words.
struct Difference: CustomStringConvertible {
  /// Row counts of all that was compared.
  let rows: (source: Int64, target: Int64)
  /// The columns whose values aren't the same on both sides; of no interest where the counts differ already.
  let columns: [Identifier]
  /// Where in time the difference is; nil where that isn't known.
  let ends: Ends?

  /// The first and last time at which rows differ.
  struct Ends {
    let first: String
    let last: String
  }

  var description: String {
    let place = ends.map { $0.first == $0.last ? " at \($0.first)" : " between \($0.first) and \($0.last)" }
    guard rows.source == rows.target else {
      return "\(rows.source) rows on the source, \(rows.target) on the target"
        + (place.map { "; the difference is\($0)" } ?? "")
    }
    let counts = "\(rows.source) rows on both sides"
    let names = columns.map(\.description).joined(separator: ", ")
    return switch columns.count {
    case 0:
      "\(counts), each column by itself has equal values but rows combine them differently\(place ?? "")"
    case 1: "\(counts); column \(names) differs\(place ?? "")"
    default: "\(counts); columns \(names) differ\(place ?? "")"
    }
  }
}
