import Synchronization
import TestServers

extension Round {
  /// Compares what there is with what there must be, by other means than the program's.
  func judge(structureBefore before: Structure) throws {
    let session = try target.session()
    for table in stand.ground.tables {
      if table.isRetained {
        try judgeRetained(table, session)
      } else {
        try expectSame(table, where: table.copied, session)
      }
    }
    try judgeLiveRows(session)
    let after = try Structure(of: target)
    // The Apache edition makes chunks with their first rows.
    guard stand.server.isCommunity ? after == before : after.isExtension(of: before) else {
      throw ChaosFailure("the target's structure has changed:\n\(before.difference(from: after))")
    }
  }

  private func expectSame(_ table: Table, where condition: String, _ session: SQLSession) throws {
    let wanted = try stand.original(table.name, where: condition)
    let here = try session.contents(of: table.name, where: condition)
    guard wanted == here else {
      throw ChaosFailure("\(table.name) where \(condition): \(wanted) on the source, \(here) on the target")
    }
    report.rows += here.rows
  }

  /// Chunks that the source dropped arrived whole or not at all; the others arrived.
  private func judgeRetained(_ table: Table, _ session: SQLSession) throws {
    guard report.droppedHours > 0 else { return try expectSame(table, where: table.copied, session) }
    for hour in 0..<6 {
      let part =
        "time >= timestamptz '2024-01-01Z' + interval '\(hour) h' AND time < timestamptz '2024-01-01Z' + interval '\(hour + 1) h' AND \(table.copied)"
      if hour < report.droppedHours, try session.contents(of: table.name, where: part).rows == 0 { continue }
      try expectSame(table, where: part, session)
    }
  }

  /// Each live row that was acknowledged is there once, and no other row is where nothing was copied.
  private func judgeLiveRows(_ session: SQLSession) throws {
    for table in stand.ground.tables {
      let found = try session.query(
        "SELECT \(Ground.liveTables.contains(table.name) ? "value::int" : "-1") FROM \(table.name) WHERE \(table.live)"
      )
      let numbers = found.compactMap { $0[0].flatMap { Int($0) } }
      let wanted = Ground.liveTables.contains(table.name) ? [0] + (acknowledged[table.name] ?? []) : []
      guard Set(numbers).isSuperset(of: wanted), numbers.count == Set(numbers).count, !numbers.contains(-1)
      else {
        throw ChaosFailure("live rows of \(table.name): wrote \(wanted), found \(numbers.sorted())")
      }
    }
  }
}

extension Stand {
  /// What the source held in the beginning: nothing of it changes but its form.
  func original(_ relation: String, where condition: String) throws -> Contents {
    try originals.withLock { known in
      let key = relation + "\n" + condition
      if let found = known[key] { return found }
      // Not the template itself: nobody may be connected to that while it is cloned.
      let contents = try originalDatabase.contents(of: relation, where: condition)
      known[key] = contents
      return contents
    }
  }
}
