import ChunkCatalog
import Postgres
import TaskEngine
import TimescaleDB

extension Comparison {
  /// Finds where rows differ, by comparing the checksums of ever smaller ranges of time.
  ///
  /// - Returns: the comparison of the range from the first to the last time at which rows differ; nil where rows can't be
  ///   looked for by time, or are equal meanwhile.
  func narrowed(sessions: borrowing WorkerSessions) throws -> Comparison? {
    guard let time else { return nil }
    var rounds = Self.mostRounds
    var differing = try differingPieces(of: time, sessions: sessions)
    // As long as it is one piece, both ends are looked for in it.
    while rounds > 0, differing.count == 1, differing[0].width > 1 {
      let smaller = try differingPieces(of: differing[0], sessions: sessions)
      rounds -= 1
      if smaller.isEmpty { break }
      differing = smaller
    }
    guard let first = differing.first, let last = differing.last else { return nil }
    if differing.count == 1 { return within(first) }
    let start = try closer(first, rounds: rounds, sessions: sessions) { $0.first }
    let end = try closer(last, rounds: rounds, sessions: sessions) { $0.last }
    return within(start.through(end))
  }

  /// Goes on in the piece at one end of what differs.
  private func closer(
    _ piece: TimeRange, rounds: Int, sessions: borrowing WorkerSessions, _ end: ([TimeRange]) -> TimeRange?
  ) throws -> TimeRange {
    var piece = piece
    for _ in 0..<rounds where piece.width > 1 {
      guard let smaller = end(try differingPieces(of: piece, sessions: sessions)) else { break }
      piece = smaller
    }
    return piece
  }

  /// After the first, which makes most of the cost: each reads only what the one before has left.
  private static let mostRounds = 4
  private static let pieceCount: UInt64 = 64

  /// The pieces of a range in which the sides differ, in their order, each from its first to its last row.
  private func differingPieces(of time: TimeRange, sessions: borrowing WorkerSessions) throws -> [TimeRange] {
    let cuts = time.cuts(into: Self.pieceCount)
    let answers = try within(time).ask(
      { Checksum.ofPieces(in: $0, where: $1, columns: $2, sameEncoding: $3, of: time, cutAt: cuts) },
      sessions: sessions, read: Checksum.Piece.init)
    let differing = Set(answers.source).symmetricDifference(answers.target)
    return Dictionary(grouping: differing, by: \.number).sorted { $0.key < $1.key }.compactMap { _, sides in
      guard let first = sides.map(\.first).min(), let last = sides.map(\.last).max() else { return nil }
      return time.narrowed(from: first, through: last)
    }
  }

  /// The first and last time of the range, as the server writes them.
  func ends(sessions: borrowing WorkerSessions) throws(PostgresError) -> Difference.Ends? {
    guard let time else { return nil }
    return try sessions.source.query(
      """
      SELECT \(time.type.constant(time.range.lower))::text AS first,
        \(time.type.constant(time.range.upper - time.type.step))::text AS last
      """, doing: "telling where rows differ"
    ) { row throws(PostgresError) in
      Difference.Ends(first: try row.text("first"), last: try row.text("last"))
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
      number = try row.integer("number")
      rows = try row.integer("rows")
      sum = try row.text("sum")
      first = try row.integer("first")
      last = try row.integer("last")
    }
  }

  /// The rows in each piece of time. TimescaleDB 2.14 tells of a group twice when a part of the chunk is compressed, unless
  /// the rows come out of a subquery that it can't look into.
  static func ofPieces(
    in relation: Relation, where predicate: SQL?, columns: [Column], sameEncoding: Bool,
    of time: TimeRange,
    cutAt cuts: [SQL]
  ) -> SQL {
    let number: SQL =
      cuts.isEmpty ? "0" : "width_bucket(\(time.column), ARRAY[\(cuts.joined(separator: ", "))])"
    let first = time.type.internalValue(ofExpression: "min(\(time.column))")
    let last = time.type.internalValue(ofExpression: "max(\(time.column))")
    return """
      SELECT \(number) AS number, count(*) AS rows,
        \(sum(columns.map { $0.hashed(sameEncoding: sameEncoding) })) AS sum,
        \(first) AS first, \(last) AS last
      FROM (SELECT * FROM \(relation.sql)\(SQL.filter(predicate)) OFFSET 0) AS r GROUP BY 1
      """
  }
}
