import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB

/// Carries out plans for one task. Statements wait here until something has to be sent, so that what can travel together
/// does.
struct PlanExecution {
  private let extensionSchema: Identifier
  /// Rows that were copied, those in batches counted one by one.
  private(set) var rows: Int64 = 0
  private(set) var bytes: Int64 = 0
  /// Rows that the target had in the task's range, as far as they were cleared.
  private(set) var cleared: Int64 = 0
  private(set) var remarks: [CopyRemark] = []
  /// What is left to be sent with the task's end.
  private(set) var waiting: SQL = ""
  private var purposes: [String] = []
  /// What a person would see them as, where they take time.
  private var phases: [TaskPhase] = []
  /// The server's own text of the trigger that is taken off, to make the same one again.
  private var triggerDefinition: SQL = ""

  init(extensionSchema: Identifier) { self.extensionSchema = extensionSchema }

  /// Plans and carries out the plan, again where the target has to be described anew in between.
  ///
  /// - Throws: `PostgresError`, `TaskFailure`.
  mutating func run(
    _ facts: CopyPlan.Facts, _ sessions: borrowing WorkerSessions, tell: (TaskNews) -> Void
  ) throws {
    var facts = facts
    while try run(try facts.plan(), facts, sessions, tell: tell) == .planAgain {
      tellPhase(tell)
      try flush(on: sessions.target)
      facts.pair = try facts.pair.describedAgain(on: sessions.target)
      facts.attempt = .afterPreparing
    }
  }

  private enum End {
    case done
    case planAgain
  }

  private mutating func run(
    _ plan: CopyPlan, _ facts: CopyPlan.Facts, _ sessions: borrowing WorkerSessions, tell: (TaskNews) -> Void
  ) throws -> End {
    remarks += plan.remarks
    try takeLocks(plan, facts, on: sessions.target)
    var streamsLeft = plan.streamCount
    for step in plan.steps {
      switch step {
      case .stream(let stream):
        streamsLeft -= 1
        if let archived = facts.archived {
          try copy(try archived.data(for: stream.source), into: stream.sink, sessions, tell: tell)
        } else {
          try copy(
            LiveChunk(rows: stream.source, chunk: facts.source, isLast: streamsLeft == 0), into: stream.sink,
            sessions, tell: tell)
        }
      case .planAgain: return .planAgain
      case .dropInvalidationTrigger(let chunk):
        try rememberTrigger(of: chunk, on: sessions.target)
        add(step)
      default: add(step)
      }
    }
    return .done
  }

  private mutating func copy(
    _ source: some RowSource, into sink: some RowSink, _ sessions: borrowing WorkerSessions,
    tell: (TaskNews) -> Void
  ) throws {
    tellPhase(tell)
    let (statements, operation) = takeWaiting(then: "copying rows")
    var cleared: Int64 = 0
    let streamed = try CopyScope(source: source, sink: sink).run(
      behind: statements, doing: operation, sessions,
      { answer throws(PostgresError) in cleared += try answer.clearedRows }, tell: tell)
    self.cleared += cleared
    rows += streamed.rows
    bytes += streamed.bytes
  }

  /// Sends what waits.
  mutating func flush(on target: borrowing Connection) throws {
    guard !purposes.isEmpty else { return }
    let (statements, operation) = takeWaiting()
    try target.send(statements, doing: operation)
    var cleared: Int64 = 0
    try target.drain(doing: operation) { answer throws(PostgresError) in cleared += try answer.clearedRows }
    self.cleared += cleared
  }
}

extension PlanExecution {
  private mutating func add(_ step: CopyStep) {
    let statement = step.sql(extensionSchema: extensionSchema) ?? triggerDefinition
    waiting = waiting + statement + ";\n"
    if purposes.last != step.purpose { purposes.append(step.purpose) }
    if let phase = step.phase { phases.append(phase) }
  }

  /// What sending the waiting statements means to a person: the last thing of those that take time.
  private func tellPhase(_ tell: (TaskNews) -> Void) {
    if let last = phases.last { tell(.phase(last)) }
  }

  /// What the statements that are left for the task's end do.
  var lastPhase: TaskPhase {
    let indexes = phases.count { if case .indexing = $0 { true } else { false } }
    return indexes > 0 ? .indexing(indexes) : phases.last ?? .ending
  }

  /// The statements that wait, and what they are for.
  private mutating func takeWaiting(then purpose: String? = nil) -> (statements: SQL, purpose: String) {
    defer {
      waiting = ""
      purposes = []
      phases = []
    }
    return (waiting, (purposes + [purpose].compactMap { $0 }).joined(separator: ", "))
  }

  /// Takes the locks that the plan's steps need, before any of them.
  private mutating func takeLocks(
    _ plan: CopyPlan, _ facts: CopyPlan.Facts, on target: borrowing Connection
  ) throws {
    waiting = waiting + plan.opening(of: facts.target)
    guard plan.locksOthersOut else { return }
    try target.beginLockingOut(doing: "locking the chunk")
    purposes.append("locking the chunk")
    phases.append(.clearing)
  }

  private mutating func rememberTrigger(of chunk: QualifiedName, on target: borrowing Connection) throws {
    let found = try target.query(
      Invalidation.triggerDefinition(of: "\(chunk.description)::regclass"),
      doing: "reading the invalidation trigger"
    ) { row throws(PostgresError) in try row.text("definition") }
    guard let text = found.first else { return }
    triggerDefinition = SQL(fromServer: text)
  }

  /// - Throws: `TaskFailure`.
  func refuseShrinking() throws(TaskFailure) {
    guard CopyProblem.isShrinking(from: cleared, to: rows) else { return }
    throw TaskFailure(.shrinking(rows: rows, cleared: cleared))
  }
}

extension CopyPlan.Facts {
  /// - Throws: `TaskFailure` when there is no way that keeps every row.
  func plan() throws(TaskFailure) -> CopyPlan {
    do {
      return try CopyPlan(self)
    } catch {
      throw TaskFailure(error)
    }
  }
}

extension QueryResult {
  /// Rows that the statement took away, or that `CopyStep.countCleared` says will be.
  fileprivate var clearedRows: Int64 {
    get throws(PostgresError) {
      if command == "DELETE" { return affectedRows }
      guard firstColumn == CopyStep.clearedColumn.description else { return 0 }
      return try map { row throws(PostgresError) in try row.integer(CopyStep.clearedColumn) }.first ?? 0
    }
  }
}
