import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB

/// What has to be done to a split chunk before its parts can be loaded side by side: all that takes a lock which keeps
/// other parts out. It is committed by itself, with a note of what has to be restored.
struct SplitPreparation {
  let part: BackfillTask.Part
  let facts: CopyPlan.Facts
  let target: ChunkDescription
  let rebuildsIndexes: Bool
  let extensionSchema: Identifier

  /// nil when the target has no such chunk, so that rows go through the hypertable.
  init?(_ part: BackfillTask.Part, facts: CopyPlan.Facts, rebuildsIndexes: Bool, extensionSchema: Identifier)
  {
    guard let target = facts.target else { return nil }
    self.part = part
    self.facts = facts
    self.target = target
    self.rebuildsIndexes = rebuildsIndexes
    self.extensionSchema = extensionSchema
  }

  /// All parts together are the whole chunk, so that nobody else has rows there.
  private var ownsChunk: Bool { facts.source.isCovered(by: part.whole) }

  private var mayDropIndexes: Bool {
    rebuildsIndexes && ownsChunk && facts.capabilities.indexesCanBeRebuilt
      && facts.source.size >= CopyPlan.Facts.largeChunk
  }

  private var time: Identifier? { target.timeIndex.map { target.dimensions[$0].column } }

  /// Whether there is anything to do. Nothing is, once it was done.
  func isNeeded(on connection: borrowing Connection) throws -> Bool {
    if target.compressed != nil || target.status.contains(.frozen) { return true }
    guard mayDropIndexes, let time else { return false }
    return try connection.query(
      """
      SELECT EXISTS (\(SecondaryIndex.deferrable(of: target.name, hypertable: facts.targetHypertable, time: time))) AS is_needed
      """, doing: "listing the chunk's indexes"
    ) { row throws(PostgresError) in try row.flag("is_needed") }.first ?? false
  }

  /// Does it all in the open transaction, which has to be committed next. Other parts under way are waited for; what
  /// they did meanwhile is looked at again behind the lock.
  func perform(on connection: borrowing Connection) throws {
    let operation = "preparing the chunk for its parts"
    try connection.beginLockingOut(doing: operation)
    try connection.execute(
      TaskTransaction.savepoint.undoing
        + "LOCK TABLE ONLY \(target.name) IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = 0",
      doing: operation)
    guard let chunk = try facts.pair.describedAgain(on: connection).target else { return }
    try connection.execute(opening(chunk), doing: operation)
    guard mayDropIndexes, let time else { return }
    let names = try connection.query(
      Split.deferIndexes(
        by: part.split, chunk: chunk.name, hypertable: facts.targetHypertable, time: time), doing: operation
    ) { row throws(PostgresError) in QualifiedName(chunk.name.schema.name, try row.text("index_name")) }
    try connection.execute(
      names.map { "DROP INDEX \($0);" as SQL }.joined(separator: "\n"), doing: operation)
  }

  /// Statements that make a chunk one that rows can be loaded into side by side.
  private func opening(_ chunk: ChunkDescription) -> SQL {
    var steps: [(step: CopyStep, defers: DeferredObject.Kind?)] = []
    if chunk.status.contains(.frozen) { steps.append((.unfreeze(chunk.name), .freezing)) }
    if chunk.compressed != nil {
      // A chunk that is ours whole will be as the source's, which isn't compressed.
      steps.append((.decompress(chunk.name), ownsChunk ? nil : .compression))
    }
    let statements = steps.flatMap { step, kind in
      // The note first, as it tells what the step takes away.
      [kind.map { note($0, chunk.name) }, step.sql(extensionSchema: extensionSchema)].compactMap { $0 }
    }
    return statements.map { $0 + ";" }.joined(separator: "\n")
  }

  private func note(_ kind: DeferredObject.Kind, _ chunk: QualifiedName) -> SQL {
    Split.defer(kind, by: part.split, chunk: chunk, hypertable: facts.targetHypertable)
  }
}
