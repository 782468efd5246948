import CopyEngine
import Postgres
import TimescaleDB

extension Comparison {
  /// Finds where rows differ, by comparing the checksums of ever smaller ranges of time.
  ///
  /// - Returns: the comparison of the least range that was found to hold all rows that differ; nil where rows can't be
  ///   looked for by time, or are equal meanwhile.
  func narrowed(sessions: borrowing WorkerSessions) throws -> Comparison? {
    guard var time else { return nil }
    var found: Comparison?
    // Each time reads only what the last has left.
    for _ in 1...Self.mostRounds {
      let pieces = try within(time).pieces(sessions: sessions)
      let differing = pieces.source.symmetricDifference(pieces.target)
      guard let first = differing.map(\.first).min(), let last = differing.map(\.last).max() else { break }
      let smaller = time.narrowed(from: first, through: last)
      found = within(smaller)
      guard smaller.width > 1, smaller.width <= time.width / 2 else { break }
      time = smaller
    }
    return found
  }

  private static let mostRounds = 4
  private static let pieceCount: UInt64 = 64

  /// The checksums of pieces of the time, and the first and last time in each; of those without rows there are none.
  private func pieces(
    sessions: borrowing WorkerSessions
  ) throws -> (source: Set<Checksum.Piece>, target: Set<Checksum.Piece>) {
    guard let time else { return ([], []) }
    let cuts = time.cuts(into: Self.pieceCount)
    let answers = try ask(
      { Checksum.ofPieces(in: $0, where: $1, columns: $2, sameEncoding: $3, of: time, cutAt: cuts) },
      sessions: sessions, read: Checksum.Piece.init)
    return (Set(answers.source), Set(answers.target))
  }

  /// The first and last time of the range, as the server writes them.
  func ends(sessions: borrowing WorkerSessions) throws(PostgresError) -> Difference.Ends? {
    guard let time else { return nil }
    return try sessions.source.query(
      """
      SELECT \(time.type.constant(time.range.lower))::text, \(time.type.constant(time.range.upper - time.type.step))::text
      """, doing: "telling where rows differ"
    ) { row throws(PostgresError) in
      Difference.Ends(first: try row.text(0), last: try row.text(1))
    }.first
  }
}

extension Checksum {
  /// The rows in a piece of time.
  struct Piece: Hashable {
    let number: Int64
    let rows: Int64
    let sum: String
    /// The least and the greatest time there is, as internal values.
    let first: Int64
    let last: Int64

    init(_ row: Row) throws(PostgresError) {
      number = try row.integer(0)
      rows = try row.integer(1)
      sum = try row.text(2)
      first = try row.integer(3)
      last = try row.integer(4)
    }
  }

  /// The rows in each piece of time. TimescaleDB 2.14 tells of a group twice when a part of the chunk is compressed, unless
  /// the rows come out of a subquery that it can't look into.
  static func ofPieces(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool,
    of time: TimeRange,
    cutAt cuts: [SQL]
  ) -> SQL {
    let number: SQL =
      cuts.isEmpty ? "0" : "width_bucket(\(time.column), ARRAY[\(cuts.joined(separator: ", "))])"
    let ends = ["min", "max"].map { (aggregate: SQL) in
      time.type.internalValue(ofExpression: "\(aggregate)(\(time.column))")
    }
    return """
      SELECT \(number), count(*), \(sum(columns.map { $0.hashed(sameEncoding: sameEncoding) })),
        \(ends.joined(separator: ", "))
      FROM (SELECT * FROM \(relation)\(SQL.filter(predicate)) OFFSET 0) AS r GROUP BY 1
      """
  }
}
