import Archive
import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB

extension CopyPlan.Facts {
  /// Size of a chunk's rows in bytes at which it begins to pay to defer work on the target.
  static let largeChunk: Int64 = 4 << 20

  /// Everything that the plan for a task depends on. The target's chunk is locked against changes of its form.
  ///
  /// - Parameters:
  ///   - archive: what has the rows; nil for the source.
  ///   - asText: the target has refused a value of the chunk in binary form.
  /// - Returns: nil when the chunk is gone from the source.
  /// - Throws: `PostgresError`, `TaskFailure`.
  static func gather(
    for task: BackfillTask, _ setting: PairSetting, from archive: TaskArchive?, asText: Bool,
    rebuildsIndexes: Bool, _ sessions: borrowing WorkerSessions
  ) throws -> CopyPlan.Facts? {
    let archived = try archive.map { ArchivedRows(try $0.chunk(of: task), in: $0.directory) }
    let found: ChunkPair? =
      if let archived {
        try ChunkPair.find(
          for: task, described: archived.chunk.chunk, setting, on: sessions.target, lockingTarget: true)
      } else {
        try ChunkPair.find(for: task, setting, sessions: sessions, lockingTarget: true)
      }
    guard let pair = found else { return nil }
    var facts = CopyPlan.Facts(pair, setting, isPart: task.part != nil)
    if let archived { facts.take(archived, into: setting.target) }
    try archived?.refuseOtherColumns(pair.targetColumns.filter { !$0.isGenerated }.map(\.name))
    facts.binaryIsRefused = asText
    if rebuildsIndexes { try facts.measure(on: sessions.target) }
    return facts
  }

  /// What a setting tells of two servers, an archive's batches tell of theirs.
  private mutating func take(_ archived: ArchivedRows, into target: Installation) {
    self.archived = archived
    guard let origin = archived.chunk.batches?.origin else { return }
    versionsAgree = origin.isReadable(by: target)
    bloomFiltersAgree = origin.hashesAs(target)
    defaultCollationsAgree = origin.sortsAs(target)
  }

  /// Finds out what can be deferred for a large chunk that the task owns whole.
  private mutating func measure(on target: borrowing Connection) throws {
    guard pair.isWholeChunk, !isPart, source.compressed == nil, let chunk = pair.target,
      source.size >= Self.largeChunk
    else { return }
    isLarge = true
    guard capabilities.indexesCanBeRebuilt else { return }
    rebuildable = try SecondaryIndex.all(of: chunk.name, on: target)
  }
}
