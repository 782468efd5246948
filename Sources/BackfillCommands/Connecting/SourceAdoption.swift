import ChunkCatalog
import Postgres
import TimescaleDB

/// Makes the queue take a source with another identity for the one that it was staged from. pg_upgrade gives a server a
/// new system identifier, and its database is the same one.
enum SourceAdoption {
  /// - Throws: `CommandFailure` where the source doesn't have the chunks that were staged; `PostgresError`.
  static func perform(_ databases: borrowing Databases, reporter: any Reporter) throws {
    guard try QueueSchema.exists(on: databases.target) else {
      throw CommandFailure.failed(.queue(.absentForAdoption))
    }
    try QueueSchema.bringUpToDate(on: databases.target)
    let found = try Fingerprints.find(databases)
    let recorded = try StagedDatabases.recorded(on: databases.target)
    try refuseOtherTarget(found.target, recorded.target)
    let tasks = try Queue.staged(on: databases.target)
    if let obstacle = try obstacle(to: tasks, from: databases) {
      throw CommandFailure.failed(.queue(.sourceNotAdopted(obstacle)))
    }
    try databases.target.execute(
      StagedDatabases.adopt(source: found.source), doing: "writing down the source's identity")
    reporter.report(.note(.queue(.sourceAdopted(tasks: tasks.count))))
  }

  private static func refuseOtherTarget(_ found: Fingerprint, _ recorded: Fingerprint?) throws {
    let differences = recorded.map { found.differences(from: $0, ofDatabaseOnly: true) } ?? []
    guard !differences.isEmpty else { return }
    throw CommandFailure.failed(
      .queue(
        .stagedElsewhere(
          differences.map { DatabaseDifference(side: .target, fact: .identity($0)) }, .adoptSource)))
  }

  /// Why the source's chunks aren't those of the tasks; nil when they are. A chunk that was copied may be gone since.
  private static func obstacle(
    to tasks: [(task: BackfillTask, isCopied: Bool)], from databases: borrowing Databases
  ) throws -> AdoptionObstacle? {
    let hypertables = try Hypertable.all(on: databases.source)
    let byID = Dictionary(hypertables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let chunks = Dictionary(
      try Chunk.all(
        of: hypertables.map(\.id), capabilities: databases.sourceInstallation.capabilities,
        on: databases.source
      ).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var matches = 0
    for (task, isCopied) in tasks {
      guard let chunk = chunks[task.chunk], let hypertable = byID[chunk.hypertableID] else {
        if isCopied { continue }
        return .missingChunk(task.chunk)
      }
      guard task.hypertable == hypertable.name else {
        return .otherHypertable(chunk: task.chunk, hypertable: hypertable.name)
      }
      guard task.hasSlices(hypertable.dimensions, chunk.slices) else {
        return .otherBounds(chunk: task.chunk)
      }
      matches += 1
    }
    return matches == 0 ? .noStagedChunk : nil
  }
}
