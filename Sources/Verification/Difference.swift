import Postgres

/// A difference in words.
struct Difference: CustomStringConvertible {
  let source: Checksum
  let target: Checksum
  let columns: [Identifier]

  var description: String {
    let counts =
      source.rows == target.rows
      ? "\(source.rows) rows on both sides"
      : "\(source.rows) rows on the source, \(target.rows) on the target"
    let differing = zip(columns, zip(source.sums, target.sums)).filter { $1.0 != $1.1 }.map(\.0.description)
    if differing.isEmpty {
      return source.rows == target.rows
        ? "\(counts), each column by itself has equal values but rows combine them differently"
        : counts
    }
    return "\(counts); column\(differing.count == 1 ? "" : "s") \(differing.joined(separator: ", ")) differ"
      + (differing.count == 1 ? "s" : "")
  }
}
