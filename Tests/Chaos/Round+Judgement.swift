import Synchronization
import TestServers

extension Round {
  /// Compares what there is with what there must be, by other means than the program's.
  func judge(structureBefore before: Structure) async throws {
    let session = try target.session()
    for table in stand.ground.tables {
      if table.isRetained {
        try await judgeRetained(table, session)
      } else {
        try await expectSame(table, where: table.copied, session)
      }
      try LiveRows(of: table, on: session).expect(
        acknowledged: acknowledged[table.name] ?? [], attempted: attempted[table.name] ?? [])
    }
    try Answers.expectConsistent(of: stand.ground, on: session)
    let found = try Structure(of: target)
    let after = report.refreshes > 0 ? found.withoutInvalidations : found
    let before = report.refreshes > 0 ? before.withoutInvalidations : before
    // The Apache edition makes chunks with their first rows.
    guard stand.server.isCommunity ? after == before : after.isExtension(of: before) else {
      throw ChaosFailure("the target's structure has changed:\n\(before.difference(from: after))")
    }
    if stand.server.isCommunity {
      try ChunkForms.expectSame(
        source, target, exactly: report.reforms == 0, but: schedule.text.compressedAnew)
    }
    if report.refreshes > 0 { try await judgeRefresh() }
  }

  /// Whatever was refreshed meanwhile, the next refresh computes what the source has.
  private func judgeRefresh() async throws {
    try target.execute(Ground.refresh)
    guard let table = stand.ground.tables.first(where: { $0.name == "hourly" }) else { return }
    let session = try target.session()
    try await expectSame(table, where: table.copied, session)
  }

  private func expectSame(
    _ table: Table, where condition: String, _ session: SQLSession
  ) async throws {
    let wanted = try await stand.original(schedule.text, table.name, where: condition)
    let here = try session.contents(of: table.name, where: condition)
    guard wanted == here else {
      throw ChaosFailure("\(table.name) where \(condition): \(wanted) on the source, \(here) on the target")
    }
    guard wanted.rows > 0 else {
      throw ChaosFailure("\(table.name) where \(condition) has no rows to compare")
    }
    report.rows += here.rows
  }

  /// Chunks that the source dropped arrived whole or not at all; the others arrived.
  private func judgeRetained(_ table: Table, _ session: SQLSession) async throws {
    guard report.droppedHours > 0 else { return try await expectSame(table, where: table.copied, session) }
    for hour in 0..<6 {
      let part =
        "time >= timestamptz '2024-01-01Z' + interval '\(hour) h' AND time < timestamptz '2024-01-01Z' + interval '\(hour + 1) h' AND \(table.copied)"
      if hour < report.droppedHours, try session.contents(of: table.name, where: part).rows == 0 { continue }
      try await expectSame(table, where: part, session)
    }
  }
}

/// The rows of a table that lie where nothing was copied: what the application wrote there, each known by its number.
struct LiveRows {
  let table: Table
  /// The numbers, and 0 for what nobody wrote there.
  let numbers: [Int]

  init(of table: Table, on session: SQLSession) throws {
    self.table = table
    let isLive = Ground.liveTables.contains(table.name)
    numbers = try session.query(
      "SELECT \(isLive ? Ground.liveNumber : "-1") FROM \(table.name) WHERE \(table.live)"
    ).map { $0[0].flatMap { Int($0) } ?? -1 }
  }

  /// Each row that was acknowledged is there once, one that was sent may be, and nothing else is.
  func expect(acknowledged: Set<Int>, attempted: Set<Int>) throws {
    let first: Set<Int> = Ground.liveTables.contains(table.name) ? [0] : []
    let found = Set(numbers)
    guard numbers.count == found.count, found.isSuperset(of: acknowledged.union(first)),
      found.isSubset(of: attempted.union(first))
    else {
      throw ChaosFailure(
        "live rows of \(table.name): sent \(attempted.sorted()), acknowledged \(acknowledged.sorted()), found \(numbers.sorted().prefix(60))"
      )
    }
  }
}
