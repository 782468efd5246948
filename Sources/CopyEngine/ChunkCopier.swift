public import ChunkCatalog
public import Postgres
import TimescaleDB

/// Copies one task's rows: asks both databases about the chunk, plans, and performs the plan.
public struct ChunkCopier: TaskWork {
  /// Bytes of a chunk's rows from which on deferring work on the target pays.
  static let largeChunk: Int64 = 4 << 20

  /// Whether indexes of large chunks are dropped before loading and made again after it.
  public var rebuildsIndexes: Bool

  public init(rebuildsIndexes: Bool = true) {
    self.rebuildsIndexes = rebuildsIndexes
  }

  public func claim(_ queue: Queue) -> SQL { queue.claimForCopy }

  public func isDone(_ task: BackfillTask, _ queue: Queue) -> SQL { Queue.isCopied(task) }

  public func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, queue: Queue, moved: (Int) -> Void
  ) throws -> TaskOutcome {
    try task.refuseForeignFilter()
    guard var facts = try ChunkFacts.find(for: task, sessions: sessions, lockingTarget: true) else {
      let reason = "the chunk is gone from the source"
      return TaskOutcome(
        kind: .skipped, remarks: [reason],
        closing: (try task.part?.finishing(task, sessions: sessions) ?? "")
          + Queue.complete(task, rows: 0, bytes: 0, message: reason))
    }
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
    var performance = Performance(schema: sessions.targetInstallation.schema)
    try measure(&facts, target: sessions.target)
    var remarks: [String] = []
    planning: while true {
      let plan = try planned(facts)
      remarks += plan.remarks
      for step in plan.steps {
        switch step {
        case .stream(let stream):
          try performance.stream(stream, facts: facts, sessions: sessions, moved: moved)
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
      break
    }
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
        + Queue.complete(task, rows: performance.rows, bytes: performance.bytes, message: message))
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

/// Statements wait here until something has to be sent, so that what can travel together does.
private struct Performance {
  let schema: Identifier
  var rows: Int64 = 0
  var bytes: Int64 = 0
  private var waiting: SQL = ""
  private var purposes: [String] = []
  private var triggerDefinition: SQL = ""

  init(schema: Identifier) { self.schema = schema }

  /// What is left to be sent with the task's end.
  var remaining: SQL { waiting }

  mutating func add(_ step: CopyStep) {
    let statement = step.sql(extensionSchema: schema) ?? triggerDefinition
    waiting = waiting + statement + ";\n"
    if purposes.last != step.purpose { purposes.append(step.purpose) }
  }

  private var purpose: String { purposes.joined(separator: ", ") }

  mutating func flush(on target: borrowing Connection) throws {
    guard !purposes.isEmpty else { return }
    try target.execute(waiting, doing: purpose)
    waiting = ""
    purposes = []
  }

  /// The server's own text of the trigger, to make the same one again.
  mutating func rememberTrigger(of chunk: QualifiedName, on target: borrowing Connection) throws {
    let found = try target.query(
      """
      SELECT pg_get_triggerdef(oid) FROM pg_trigger
      WHERE tgrelid = \(chunk.description)::regclass AND tgname = 'ts_cagg_invalidation_trigger'
      """, doing: "reading the invalidation trigger"
    ) { row throws(PostgresError) in try row.text(0) }
    guard let text = found.first else { return }
    triggerDefinition = SQL(fromServer: text)
  }

  mutating func stream(
    _ stream: CopyStream, facts: CopyPlan.Facts, sessions: borrowing WorkerSessions, moved: (Int) -> Void
  ) throws {
    let reading = "reading \(stream.from)"
    let writing = (purposes + ["copying rows"]).joined(separator: ", ")
    var guarded = [facts.source.name]
    if let compressed = facts.source.compressed { guarded.append(compressed.name) }
    try sessions.source.send(stream.sourceSQL(guarding: guarded), doing: reading)
    do {
      try sessions.target.send(waiting + stream.targetSQL, doing: writing)
      waiting = ""
      purposes = []
      try sessions.target.awaitCopy(doing: writing)
    } catch {
      sessions.source.abandonStatement()
      throw error
    }
    do {
      try sessions.source.awaitCopy(doing: reading)
      let moved = try sessions.source.pumpCopy(into: sessions.target, doing: "copying rows", progress: moved)
      let batched = try sessions.source.nextRows(doing: reading) { row throws(PostgresError) in
        try row.optionalInteger(0)
      }
      rows += (batched.first ?? nil) ?? moved.rows
      bytes += moved.bytes
    } catch {
      sessions.source.abandonStatement()
      if sessions.target.isUsable { sessions.target.abandonStatement() }
      throw error
    }
    let intact = try sessions.source.rows(doing: reading) { row throws(PostgresError) in try row.flag(0) }
    try sessions.target.drain(doing: "copying rows")
    guard intact.first == true else {
      throw TaskFailure(
        "the chunk was compressed, decompressed or truncated on the source while it was being read",
        advice: "with --snapshot this can't be repaired by another try: stage again with a newer snapshot",
        isWorthRetrying: true)
    }
  }
}
