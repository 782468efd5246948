public import ChunkCatalog
import Postgres
public import TaskEngine
import TimescaleDB

/// Copies one task's rows: asks both databases about the chunk, plans, and performs the plan.
public struct ChunkCopier: TaskWork {
  /// Bytes of a chunk's rows from which on deferring work on the target pays.
  static let largeChunk: Int64 = 4 << 20

  /// Whether indexes of large chunks are dropped before loading and made again after it.
  public var rebuildsIndexes: Bool
  /// Whether the target may be left with much fewer rows than it has.
  public var allowsShrinking: Bool

  public init(rebuildsIndexes: Bool = true, allowsShrinking: Bool = false) {
    self.rebuildsIndexes = rebuildsIndexes
    self.allowsShrinking = allowsShrinking
  }

  public var kind: Queue.Work { .copying }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    moved: (Int) -> Void
  ) throws -> TaskOutcome {
    try task.refuseForeignFilter()
    do {
      return try perform(task, asText: false, sessions: sessions, moved: moved)
    } catch let error as PostgresError where error.isRefusedValue && sessions.areUsable {
      // Some values have a binary form that their own server refuses to receive. As text they may be fine; if it wasn't
      // that, the second try says so.
      try TaskTransaction.undo(on: sessions.target, doing: "beginning a task anew")
      sessions.target.endLockingOut()
      return try perform(task, asText: true, sessions: sessions, moved: moved)
    }
  }

  private func perform(
    _ task: BackfillTask, asText: Bool, sessions: borrowing WorkerSessions, moved: (Int) -> Void
  ) throws -> TaskOutcome {
    guard var facts = try ChunkFacts.find(for: task, sessions: sessions, lockingTarget: true) else {
      let reason = "the chunk is gone from the source"
      return TaskOutcome(
        kind: .skipped, remarks: [reason],
        closing: (try task.part?.finishing(task, sessions: sessions) ?? "")
          + TaskTransaction.complete(task, rows: 0, bytes: 0, message: reason))
    }
    facts.binaryIsRefused = asText
    try facts.refuseCascades(on: sessions.target)
    if let part = task.part,
      let preparation = SplitPreparation(part, facts: facts, rebuildsIndexes: rebuildsIndexes),
      try preparation.isNeeded(on: sessions.target)
    {
      // What can't be copied is refused before anything is put off.
      _ = try planned(facts)
      try preparation.perform(sessions: sessions)
      return TaskOutcome(kind: .prepared, closing: "")
    }
    try measure(&facts, target: sessions.target)
    var (performance, remarks) = try perform(facts, sessions: sessions, moved: moved)
    if !allowsShrinking { try performance.refuseShrinking() }
    var finishing: SQL = ""
    if let part = task.part {
      remarks.append("part \(part.number) of \(part.count)")
      try performance.flush(on: sessions.target)
      finishing = try part.finishing(task, sessions: sessions)
    }
    let message = remarks.isEmpty ? nil : remarks.joined(separator: "; ")
    return TaskOutcome(
      kind: .copied, rows: performance.rows, bytes: performance.bytes, remarks: remarks,
      closing: performance.remaining + finishing
        + TaskTransaction.complete(task, rows: performance.rows, bytes: performance.bytes, message: message))
  }

  /// Plans and performs, again where the target has to be looked at in between.
  ///
  /// - Returns: what was done and what is left to be sent, and what there is to say of it.
  private func perform(
    _ facts: CopyPlan.Facts, sessions: borrowing WorkerSessions, moved: (Int) -> Void
  ) throws -> (PlanPerformance, [String]) {
    var facts = facts
    var performance = PlanPerformance(schema: sessions.targetInstallation.schema)
    var remarks: [String] = []
    planning: while true {
      let plan = try planned(facts)
      let lastStream = plan.steps.lastIndex { if case .stream = $0 { true } else { false } }
      remarks += plan.remarks
      try performance.open(plan, facts, on: sessions.target)
      for (index, step) in plan.steps.enumerated() {
        switch step {
        case .stream(let stream):
          try performance.stream(
            stream, of: facts.source, isLast: index == lastStream, sessions: sessions, moved: moved)
        case .planAgain:
          try performance.flush(on: sessions.target)
          facts = try facts.lookedAtAgain(sessions: sessions)
          continue planning
        case .dropInvalidationTrigger(let chunk):
          try performance.rememberTrigger(of: chunk, on: sessions.target)
          performance.add(step)
        default: performance.add(step)
        }
      }
      return (performance, remarks)
    }
  }

  /// Finds out what can be put off for a large chunk that the task owns whole.
  private func measure(_ facts: inout CopyPlan.Facts, target: borrowing Connection) throws {
    guard rebuildsIndexes, facts.isWholeChunk, !facts.isPart, facts.source.compressed == nil,
      let chunk = facts.target,
      facts.source.size >= Self.largeChunk
    else { return }
    facts.isLarge = true
    guard facts.capabilities.indexesCanBeRebuilt else { return }
    facts.rebuildable = try SecondaryIndex.all(of: chunk.name, on: target)
  }

  private func planned(_ facts: CopyPlan.Facts) throws -> CopyPlan {
    do {
      return try CopyPlan(facts)
    } catch {
      throw TaskFailure(error.reason, advice: error.advice)
    }
  }
}
