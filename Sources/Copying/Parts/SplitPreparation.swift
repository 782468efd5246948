import ChunkCatalog
import Postgres
import TaskEngine
import TimescaleDB

/// What has to be done to a split chunk before its parts can be loaded side by side: all that takes a lock which keeps
/// other parts out. It is committed by itself, with a note of what has to be put back.
struct SplitPreparation {
  let part: BackfillTask.Part
  let facts: CopyPlan.Facts
  let target: ChunkDescription
  let rebuildsIndexes: Bool

  /// nil when the target has no such chunk, so that rows go through the hypertable.
  init?(_ part: BackfillTask.Part, facts: CopyPlan.Facts, rebuildsIndexes: Bool) {
    guard let target = facts.target else { return nil }
    self.part = part
    self.facts = facts
    self.target = target
    self.rebuildsIndexes = rebuildsIndexes
  }

  /// All parts together are the whole chunk, so that nobody else has rows there.
  private var ownsChunk: Bool { facts.source.isCovered(by: part.whole) }

  /// At the completion point live rows arrive, for which the trigger stays.
  private var dropsTrigger: Bool { facts.takesTriggerOff(target) && part.whole.upper == .max }

  private var mayDropIndexes: Bool {
    rebuildsIndexes && ownsChunk && facts.capabilities.indexesCanBeRebuilt
      && facts.source.size >= ChunkCopier.largeChunk
  }

  private var time: Identifier? { target.timeIndex.map { target.dimensions[$0].column } }

  /// Whether there is anything to do. Nothing is, once it was done.
  func isNeeded(on connection: borrowing Connection) throws -> Bool {
    if target.compressed != nil || target.status.contains(.frozen) || dropsTrigger { return true }
    guard mayDropIndexes, let time else { return false }
    return try connection.query(
      """
      SELECT EXISTS (\(SecondaryIndex.deferrable(of: target.name, hypertable: facts.targetHypertable, time: time)))
      """, doing: "listing the chunk's indexes"
    ) { row throws(PostgresError) in try row.flag(0) }.first ?? false
  }

  /// Does it all in the open transaction, which has to be committed next. Other parts under way are waited for; what
  /// they did meanwhile is looked at again behind the lock.
  func perform(sessions: borrowing WorkerSessions) throws {
    let operation = "preparing the chunk for its parts"
    try sessions.target.beginLockingOut(doing: operation)
    try sessions.target.execute(
      TaskTransaction.savepoint.undoing
        + "LOCK TABLE ONLY \(target.name) IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = 0",
      doing: operation)
    guard let chunk = try facts.lookedAtAgain(sessions: sessions).target else { return }
    var steps: [(step: CopyStep, putsOff: Split.Deferred?)] = []
    if chunk.status.contains(.frozen) { steps.append((.unfreeze(chunk.name), .freezing)) }
    if chunk.compressed != nil {
      // A chunk that is ours whole will be as the source's, which isn't compressed.
      steps.append((.decompress(chunk.name), ownsChunk ? nil : .compression))
    }
    if dropsTrigger, chunk.hasInvalidationTrigger {
      steps.append((.dropInvalidationTrigger(chunk.name), .trigger))
    }
    let schema = sessions.targetInstallation.schema
    let statements = steps.flatMap { step, deferred in
      // The note first, as it tells what the step takes away.
      [deferred.map(note(chunk.name)), step.sql(extensionSchema: schema)].compactMap { $0 }
    }
    try sessions.target.execute(statements.map { $0 + ";" }.joined(separator: "\n"), doing: operation)
    guard mayDropIndexes, let time else { return }
    let names = try sessions.target.query(
      Split.putOffIndexes(
        by: part.split, chunk: chunk.name, hypertable: facts.targetHypertable, time: time), doing: operation
    ) { row throws(PostgresError) in QualifiedName(chunk.name.schema.name, try row.text(0)) }
    try sessions.target.execute(
      names.map { "DROP INDEX \($0);" as SQL }.joined(separator: "\n"), doing: operation)
  }
}

extension SplitPreparation {
  private func note(_ chunk: QualifiedName) -> (Split.Deferred) -> SQL {
    { Split.put(off: $0, by: part.split, chunk: chunk, hypertable: facts.targetHypertable) }
  }
}

extension BackfillTask.Part {
  /// What the task has to do as the last part of its chunk: nothing for the others.
  ///
  /// - Throws: `PostgresError`; `TaskFailure` where something that was put off can't be put back. The note of it stays.
  func finishing(_ task: BackfillTask, sessions: borrowing WorkerSessions) throws -> SQL {
    let operation = "ending a part of the chunk"
    try sessions.target.send(
      Split.finishing(task, self, extensionSchema: sessions.targetInstallation.schema), doing: operation)
    _ = try sessions.target.nextRows(doing: operation) { _ throws(PostgresError) in () }
    let putOff = try PutOff.answer(on: sessions.target, doing: operation)
    guard !putOff.isEmpty else { return "" }
    var statements: [SQL] = []
    for one in putOff {
      guard let statement = one.statement else { throw TaskFailure(lost: one) }
      statements.append(statement)
    }
    let compresses = putOff.contains { $0.kind == Split.Deferred.compression.rawValue }
    for relation in Set(putOff.map(\.relation)) {
      try sessions.lockLate(relation, compresses ? .accessExclusive : .shareRowExclusive, doing: operation)
    }
    let memory =
      CopyStep.raiseMaintenanceMemory.sql(extensionSchema: sessions.targetInstallation.schema) ?? ""
    return ([memory] + statements).map { $0 + ";" }.joined(separator: "\n") + "\n" + Split.forget(self)
  }
}

extension TaskFailure {
  fileprivate init(lost: PutOff) {
    self.init(
      "\(lost.name) was put off until the chunk's last part, and can't be made again: the hypertable has none like it any more",
      advice: """
        if it is still wanted, run: \(lost.byHand); if not: \(lost.forgetting.text.collapsed); then run copy again
        """)
  }
}

extension String {
  /// On one line.
  fileprivate var collapsed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
