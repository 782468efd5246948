import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import Testing
import TimescaleDB

enum Samples {
  static let time = Dimension(
    column: Identifier("time"), type: "bigint", isOpen: true, partitioningFunction: nil)

  static func task(
    _ chunk: String, lower: Int64? = nil, upper: Int64? = nil, targetChunk: QualifiedName? = nil,
    snapshot: String? = nil, part: StagedTask.Part? = nil
  ) -> StagedTask {
    StagedTask(
      chunk: QualifiedName("source schema", chunk), hypertable: QualifiedName("public", "metrics"),
      targetHypertable: QualifiedName("public", "metrics"), targetChunk: targetChunk, dimensions: [time],
      slices: [Dimension.Range(lower: 100, upper: 200)], bounds: TaskBounds(lower: lower, upper: upper),
      snapshot: snapshot, part: part)
  }

  /// Three parts of a chunk, the newest first.
  static func parts(_ chunk: String) -> [StagedTask] {
    let bounds: [(Int64?, Int64?)] = [(150, nil), (120, 150), (nil, 120)]
    return bounds.enumerated().map { index, bounds in
      task(
        chunk, lower: bounds.0, upper: bounds.1, part: .init(number: 3 - index, count: 3, whole: .wholeChunk))
    }
  }

  /// A database with a queue of these tasks.
  static func queue(_ tasks: [StagedTask]) async throws -> TestDatabase {
    let database = try await TestDatabase.plain()
    try await database.withConnection(.target) { target throws in
      try target.run(QueueSchema.createOrUpgrade)
      try StagedTask.insert(tasks, stagedBy: "tests", on: target)
    }
    return database
  }
}

/// Words for tests that look at other things.
struct NoWords: QueueWords {
  func copyMessage(_ remarks: [CopyRemark]) -> String? { nil }
  func verifyMessage(_ result: ComparisonResult) -> String { "" }
  func lastError(_ failure: TaskFailure) -> String { "" }
}

extension Queue {
  init(run: String, scope: Scope = .all) { self.init(run: run, scope: scope, words: NoWords()) }

  /// Claims by one message, as a worker does.
  func claimed(_ work: Work, on target: borrowing Connection) throws -> BackfillTask? {
    try target.send(
      "DEALLOCATE ALL;" + transaction.preparation(work) + transaction.claim(work), doing: "claiming")
    return try TaskTransaction.claimed(on: target)
  }

  func copyTask(on target: borrowing Connection) throws -> BackfillTask? { try claimed(.copying, on: target) }

  func verifyTask(on target: borrowing Connection) throws -> BackfillTask? {
    try claimed(.verifying, on: target)
  }
}
