public import ChunkCatalog
public import ChunkPairs
public import Postgres
public import TaskEngine
import TimescaleDB

/// Copies one task's rows: gathers the facts about its chunk, plans, and carries out the plan.
public struct ChunkCopier: TaskWork {
  private let setting: PairSetting
  /// What has the rows; nil for the source.
  private let archive: TaskArchive?
  /// Whether indexes of large chunks are dropped before loading and made again after it.
  private let rebuildsIndexes: Bool
  /// Whether the target may be left with much fewer rows than it has.
  private let allowsShrinking: Bool

  public init(
    _ setting: PairSetting, from archive: TaskArchive? = nil, rebuildsIndexes: Bool = true,
    allowsShrinking: Bool = false
  ) {
    self.setting = setting
    self.archive = archive
    self.rebuildsIndexes = rebuildsIndexes
    self.allowsShrinking = allowsShrinking
  }

  public var kind: Queue.Work { .copying }

  public func preparation(of side: Side) -> SQL { setting.preparation(of: side) }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    try task.refuseForeignFilter()
    do {
      return try copy(task, asText: false, sessions, transaction, tell: tell)
    } catch let error as PostgresError
      where error.isRefusedValue && sessions.areUsable && archive == nil
    {
      // Some values have a binary form that their own server refuses to receive. As text they may be fine; if it wasn't
      // that, the second try says so.
      try TaskTransaction.undo(on: sessions.target, doing: "beginning a task anew")
      sessions.target.endLockingOut()
      return try copy(task, asText: true, sessions, transaction, tell: tell)
    }
  }

  private func copy(
    _ task: BackfillTask, asText: Bool, _ sessions: borrowing WorkerSessions,
    _ transaction: TaskTransaction, tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    let found = try CopyPlan.Facts.gather(
      for: task, setting, from: archive, asText: asText, rebuildsIndexes: rebuildsIndexes, sessions)
    guard let facts = found else { return try skipped(task, sessions, transaction, tell: tell) }
    try facts.pair.refuseCascades(on: sessions.target)
    guard try !isPrepared(task, facts, sessions, tell: tell) else {
      return TaskOutcome(kind: .prepared, closing: "")
    }
    var execution = PlanExecution(extensionSchema: setting.target.schema)
    try execution.run(facts, sessions, tell: tell)
    if !allowsShrinking { try execution.refuseShrinking() }
    return try copied(task, facts, &execution, sessions, transaction, tell: tell)
  }

  /// Does for the parts of a split chunk what they can't do side by side, if that is still to be done.
  ///
  /// - Returns: whether something was done, which has to be committed before the part is copied.
  private func isPrepared(
    _ task: BackfillTask, _ facts: CopyPlan.Facts, _ sessions: borrowing WorkerSessions,
    tell: (TaskNews) -> Void
  ) throws -> Bool {
    guard let part = task.part,
      let preparation = SplitPreparation(
        part, facts: facts, rebuildsIndexes: rebuildsIndexes, extensionSchema: setting.target.schema),
      try preparation.isNeeded(on: sessions.target)
    else { return false }
    // What can't be copied is refused before anything is deferred.
    _ = try facts.plan()
    tell(.phase(.preparing))
    try preparation.perform(on: sessions.target)
    return true
  }
}

extension ChunkCopier {
  private func skipped(
    _ task: BackfillTask, _ sessions: borrowing WorkerSessions, _ transaction: TaskTransaction,
    tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    TaskOutcome(
      kind: .skipped, remarks: [.copying(.chunkIsGone)],
      closing: try finishingSplit(task, sessions, tell: tell)
        + transaction.complete(
          task, rows: 0, bytes: 0, message: transaction.words.copyMessage([.chunkIsGone])))
  }

  private func copied(
    _ task: BackfillTask, _ facts: CopyPlan.Facts, _ execution: inout PlanExecution,
    _ sessions: borrowing WorkerSessions, _ transaction: TaskTransaction, tell: (TaskNews) -> Void
  ) throws -> TaskOutcome {
    tell(.phase(execution.lastPhase))
    var remarks = execution.remarks
    if let part = task.part {
      remarks.append(.part(number: part.number, of: part.count))
      try execution.flush(on: sessions.target)
    }
    let finishing = try finishingSplit(task, sessions, tell: tell)
    // Behind everything that takes time, so that a refresh has none to come in between.
    let refusal =
      facts.pair.unloggedTime.map {
        StagedAggregate.refuseRefresh(of: facts.pair.targetHypertable, within: $0)
      } ?? ""
    return TaskOutcome(
      kind: .copied, rows: execution.rows, bytes: execution.bytes, remarks: remarks.map { .copying($0) },
      closing: execution.waiting + finishing
        + transaction.complete(
          task, into: facts.pair.targetHypertableID, rows: execution.rows, bytes: execution.bytes,
          message: transaction.words.copyMessage(remarks))
        + refusal)
  }

  /// What puts back what the parts of a chunk go without, for the last of them.
  private func finishingSplit(
    _ task: BackfillTask, _ sessions: borrowing WorkerSessions, tell: (TaskNews) -> Void
  ) throws -> SQL {
    try task.part?.finishing(
      task, extensionSchema: setting.target.schema, sessions: sessions, tell: tell) ?? ""
  }
}
