import TestServers

/// What the target answers by its indexes, segments, min/max ranges and bloom filters, against what it answers when each
/// row is looked at: an operand that is an expression can be looked up in none of them.
enum Answers {
  /// - Throws: `ChaosFailure` where the answers differ, or where there was nothing to look for.
  static func expectConsistent(of ground: Ground, on session: SQLSession) throws {
    try session.execute("SET enable_seqscan = off; SET TimeZone = 'UTC'")
    defer { try? session.execute("RESET enable_seqscan") }
    for table in ground.tables {
      for column in table.searched { try expectConsistent(table, column, on: session) }
      if Ground.reformed.contains(table.name) { try expectConsistentHours(table, on: session) }
    }
  }

  /// The later half of each chunk's rows, which batches are left out for by their time range.
  private static func expectConsistentHours(_ table: Table, on session: SQLSession) throws {
    func count(_ time: String, _ hour: Int) throws -> [[String?]] {
      try session.query(
        """
        SELECT count(*) FROM \(table.name)
        WHERE \(time) >= '2024-01-01 0\(hour):30Z'::timestamptz AND \(time) < '2024-01-01 0\(hour + 1):00Z'::timestamptz
        """)
    }
    for hour in 0..<5 {
      let (found, scanned) = (try count(table.time, hour), try count("(\(table.time) + interval '0')", hour))
      guard found == scanned, scanned != [["0"]] else {
        throw ChaosFailure(
          "\(table.name) where time is in the later half of hour \(hour): \(found) by range, \(scanned) by looking at each row"
        )
      }
    }
  }

  private static func expectConsistent(
    _ table: Table, _ column: Table.Searched, on session: SQLSession
  ) throws {
    // Values in the middle, the same in every run.
    let values = try session.query(
      """
      SELECT quote_literal(v) FROM (SELECT DISTINCT \(column.name) AS v FROM \(table.name)
        WHERE \(column.name) IS NOT NULL) AS s ORDER BY md5(v::text) LIMIT \(column.values)
      """
    ).compactMap { $0[0] }
    guard !values.isEmpty else {
      throw ChaosFailure("\(table.name).\(column.name) has no values to look for")
    }
    for value in values {
      for comparison in column.comparisons {
        let digest = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM \(table.name) AS t WHERE"
        let typed = "\(value)::\(column.type)"
        let found = try session.query("\(digest) \(column.name) \(comparison) \(typed)")
        let scanned = try session.query("\(digest) \(column.hidden) \(comparison) \(typed)")
        guard found == scanned, comparison != "=" || scanned.first?.first != "0" else {
          throw ChaosFailure(
            "\(table.name) where \(column.name) \(comparison) \(value): \(found) by index, \(scanned) by looking at each row"
          )
        }
      }
    }
  }
}

extension Table {
  /// A column that indexes, segments, ranges or filters know of.
  struct Searched: Sendable {
    let name: String
    let type: String
    /// The column's value as an expression that nothing can look up.
    let hidden: String
    let comparisons: [String]
    /// How many of its values are looked for.
    var values = 1
  }

  var searched: [Searched] {
    let number = untilLiteral == until
    let times = Searched(
      name: time, type: number ? "bigint" : "timestamptz",
      hidden: number ? "(\(time) + 0)" : "(\(time) + interval '0')", comparisons: ["=", ">="])
    let notes = Searched(name: "note", type: "text", hidden: "(note || '')", comparisons: ["="])
    let devices = Searched(name: "device", type: "int", hidden: "(device + 0)", comparisons: ["=", ">"])
    switch name {
    // Like others.
    case "tiny", "retained", "watched": return []
    case "typed": return [times, notes]
    case "hourly": return [times, devices]
    case "named":
      let names = Searched(
        name: "name", type: "text", hidden: "(name || '')", comparisons: ["=", "<", ">="], values: 8)
      return [times, notes, names]
    default: return [times, notes, devices]
    }
  }
}
