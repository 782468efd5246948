import ChunkCatalog
import Postgres
import TimescaleDB

/// Makes the queue take a source with another identity for the one that it was staged from. pg_upgrade gives a server a
/// new system identifier, and its database is the same one.
enum SourceAdoption {
  /// - Throws: `CommandFailure` where the source doesn't have the chunks that were staged; `PostgresError`.
  static func perform(_ databases: borrowing Databases, reporter: any Reporter) throws {
    guard try QueueSchema.exists(on: databases.target) else {
      throw CommandFailure.failed(
        "there is no queue that could take this source for its own", advice: "leave out --adopt-source")
    }
    if try !QueueSchema.isComplete(on: databases.target) {
      try databases.target.execute(QueueSchema.upgrade, doing: "bringing the queue up to date")
    }
    let found = try Fingerprints.find(databases)
    let recorded = try StagedBetween.recorded(on: databases.target)
    try refuseOtherTarget(found.target, recorded.target)
    let tasks = try Queue.staged(on: databases.target)
    if let reason = try difference(of: tasks, from: databases) {
      throw CommandFailure.failed(
        "this isn't the source that the queue was staged from: \(reason)",
        advice: "check --source; a task whose chunk is gone for good can be deleted from __backfill.task")
    }
    try databases.target.execute(
      StagedBetween.adopt(source: found.source), doing: "writing down the source's identity")
    reporter.report(
      .note("The queue takes this source for its own: its \(tasks.count) tasks' chunks are there"))
  }

  private static func refuseOtherTarget(_ found: Fingerprint, _ recorded: Fingerprint?) throws {
    let differences = recorded.map { found.differences(from: $0, ofDatabaseOnly: true) } ?? []
    guard !differences.isEmpty else { return }
    throw CommandFailure.failed(
      "the target isn't the one that the queue was staged for: \(differences.joined(separator: "; "))",
      advice: "check --target")
  }

  /// Why the source's chunks aren't those of the tasks; nil when they are. A chunk that was copied may be gone since.
  private static func difference(
    of tasks: [(task: BackfillTask, isCopied: Bool)], from databases: borrowing Databases
  ) throws -> String? {
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
        return "it has no chunk \(task.chunk), which has not been copied yet"
      }
      guard task.hypertable == hypertable.name else {
        return "chunk \(task.chunk) is one of hypertable \(hypertable.name) there"
      }
      guard task.hasSlices(hypertable.dimensions, chunk.slices) else {
        return "the bounds of chunk \(task.chunk) are others there"
      }
      matches += 1
    }
    return matches == 0 ? "it has none of the staged chunks" : nil
  }
}
