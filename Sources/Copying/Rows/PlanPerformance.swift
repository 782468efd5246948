import Postgres
import TaskEngine
import TimescaleDB

/// Performs a plan's steps. Statements wait here until something has to be sent, so that what can travel together does.
struct PlanPerformance {
  private let schema: Identifier
  /// Rows that were copied, those in batches counted one by one.
  private(set) var rows: Int64 = 0
  private(set) var bytes: Int64 = 0
  /// Rows that the target had in the task's range, as far as they were cleared.
  private(set) var cleared: Int64 = 0
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

  /// Takes the locks that the plan's steps need, before any of them.
  mutating func open(_ plan: CopyPlan, _ facts: CopyPlan.Facts, on target: borrowing Connection) throws {
    waiting = waiting + plan.opening(of: facts.target)
    guard plan.locksOthersOut else { return }
    try target.beginLockingOut(doing: "locking the chunk")
    purposes.append("locking the chunk")
  }

  mutating func flush(on target: borrowing Connection) throws {
    guard !purposes.isEmpty else { return }
    try target.send(waiting, doing: purpose)
    var cleared: Int64 = 0
    try target.drain(doing: purpose) { answer throws(PostgresError) in cleared += try answer.clearedRows }
    self.cleared += cleared
    waiting = ""
    purposes = []
  }

  /// The server's own text of the trigger, to make the same one again.
  mutating func rememberTrigger(of chunk: QualifiedName, on target: borrowing Connection) throws {
    let found = try target.query(
      Invalidation.triggerDefinition(of: "\(chunk.description)::regclass"),
      doing: "reading the invalidation trigger"
    ) { row throws(PostgresError) in try row.text("definition") }
    guard let text = found.first else { return }
    triggerDefinition = SQL(fromServer: text)
  }

  /// - Parameter isLast: nothing more is read for the task, so the source's transaction ends here. It would otherwise
  ///   keep its snapshot and its lock on the chunk for as long as the target takes.
  /// - Throws: `TaskFailure` when not all rows arrived, or the source's chunk was changed while it was read.
  mutating func stream(
    _ stream: CopyStream, of chunk: ChunkDescription, isLast: Bool, sessions: borrowing WorkerSessions,
    moved: (Int) -> Void
  ) throws {
    let reading = "reading \(stream.from)"
    let writing = (purposes + ["copying rows"]).joined(separator: ", ")
    let guards = SourceGuard.filesAreSame(SourceGuard.relations(of: chunk)) + ";"
    try sessions.source.send(
      stream.sourceSQL + guards + (isLast ? SourceGuard.ending(chunk) : ""), doing: reading)
    do {
      try beginCopy(stream, doing: writing, on: sessions.target)
    } catch {
      sessions.source.abandonStatement()
      throw SourceGuard.reason(for: error, from: sessions.source)
    }
    do {
      try sessions.source.awaitCopy(doing: reading)
      let copied = try sessions.source.pumpCopy(into: sessions.target, doing: "copying rows", progress: moved)
      let inBatches = try sessions.source.nextRows(doing: reading) { row throws(PostgresError) in
        try row.optionalInteger(0)
      }
      try refuseLoss(sent: copied.sent, taken: copied.taken, into: stream.into)
      rows += (inBatches.first ?? nil) ?? copied.taken
      bytes += copied.bytes
    } catch {
      sessions.source.abandonStatement()
      if sessions.target.isUsable { sessions.target.abandonStatement() }
      throw SourceGuard.reason(for: error, from: sessions.source)
    }
    try sessions.target.drain(doing: "copying rows")
    try refuseChange(of: chunk, isLast: isLast, doing: reading, on: sessions.source)
  }

  private mutating func beginCopy(
    _ stream: CopyStream, doing operation: String, on target: borrowing Connection
  ) throws(PostgresError) {
    try target.send(waiting + stream.targetSQL, doing: operation)
    waiting = ""
    purposes = []
    var cleared: Int64 = 0
    try target.awaitCopy(doing: operation) { answer throws(PostgresError) in
      cleared += try answer.clearedRows
    }
    self.cleared += cleared
  }

  private func refuseLoss(sent: Int64, taken: Int64, into relation: QualifiedName) throws(TaskFailure) {
    guard sent != taken else { return }
    throw TaskFailure(
      "the source sent \(sent) rows, and \(taken) arrived in \(relation) on the target",
      advice:
        "a row trigger of the target leaves rows out; drop it until the migration is done, or give copy --disable-triggers"
    )
  }

  private func refuseChange(
    of chunk: ChunkDescription, isLast: Bool, doing operation: String, on source: borrowing Connection
  ) throws {
    var answers: [Bool] = []
    try source.drain(doing: operation) { answer throws(PostgresError) in
      answers += try answer.map { row throws(PostgresError) in try row.flag(0) }
    }
    let expected = isLast && SourceGuard.dependsOnStatus(chunk) ? 2 : 1
    guard answers.count == expected, !answers.contains(false) else { throw SourceGuard.failure }
  }
}

extension PlanPerformance {
  /// Of rows that the application wrote to both sides the source has all, so an honest copy never leaves the target with
  /// much less than it had. Where it would, source and target are exchanged, or the source has lost its rows.
  ///
  /// - Throws: `TaskFailure`.
  func refuseShrinking() throws(TaskFailure) {
    guard cleared > 0, rows < cleared / 10 || rows == 0 else { return }
    throw TaskFailure(
      "the source has \(rows) rows in this range, and the target has \(cleared), which would be replaced",
      advice:
        "check that --source and --target aren't exchanged; if the source has really lost these rows, give copy --allow-shrinking"
    )
  }
}

extension QueryResult {
  /// Rows that the statement took away, or that `CopyStep.countCleared` says will be.
  fileprivate var clearedRows: Int64 {
    get throws(PostgresError) {
      if command == "DELETE" { return affectedRows }
      guard firstColumn == CopyStep.clearedColumn.name else { return 0 }
      return try map { row throws(PostgresError) in try row.integer(0) }.first ?? 0
    }
  }
}
