public import ChunkCatalog
internal import Postgres
public import TaskEngine
internal import TimescaleDB

/// Asks both databases, at the same time, what is needed to copy or compare a task's chunk.
public enum ChunkFacts {
  /// Opens the source's transaction, and finds the target's chunk by the name that staging noted or, where that
  /// isn't the chunk with the source's slices any more, by the slices.
  ///
  /// - Parameter lockingTarget: takes a lock on the target's chunk that keeps compression, retention and other
  ///   changes of its form away until the transaction ends, but no reader or writer; nor, when the task is one of a
  ///   split chunk's parts, the others of them.
  /// - Returns: nil when the chunk is gone from the source.
  /// - Throws: `PostgresError`, `TaskFailure`.
  public static func find(
    for task: BackfillTask, sessions: borrowing WorkerSessions, lockingTarget: Bool
  ) throws -> CopyPlan.Facts? {
    let operation = "describing chunk \(task.chunk)"
    let asked = ContinuousClock.now
    try sessions.source.send(
      sessions.openSource(snapshot: task.snapshot)
        + ChunkDescription.question(task.chunk), doing: operation)
    let hinted: Result<Answer, any Error>
    do {
      hinted = .success(
        try ask(task.targetChunk, task: task, sessions: sessions, locking: lockingTarget))
    } catch {
      hinted = .failure(error)
    }
    let found = try sessions.source.rows(doing: operation) { row throws(PostgresError) in
      try ChunkDescription(row, name: task.chunk)
    }
    sessions.control.noteSourceLatency(ContinuousClock.now - asked)
    guard let source = found.first else {
      try refuseMovedRows(of: task, sessions: sessions)
      return nil
    }
    guard !source.isTiered else {
      throw TaskFailure("the chunk has been tiered to object storage", advice: "untier it on the source")
    }
    try task.refuseDisagreement(with: source)
    var answer = try usable(hinted, source: source, sessions: sessions)
    if answer?.chunk == nil {
      var searched = try search(source: source, task: task, sessions: sessions)
      if searched == nil, lockingTarget, task.targetChunk != nil {
        searched = try makeAgain(source, task: task, sessions: sessions)
      }
      answer = try ask(searched, task: task, sessions: sessions, locking: lockingTarget)
    }
    guard let answer, !answer.hypertableColumns.isEmpty else {
      throw TaskFailure(
        "the target has no hypertable \(task.targetHypertable)",
        advice: "restore the schema on the target, then run copy again")
    }
    guard !answer.isUnlogged, answer.chunk?.isUnlogged != true else {
      throw TaskFailure(
        "the target's \(task.targetHypertable) is unlogged, so a crash of the server would leave it empty",
        advice:
          "ALTER TABLE \(task.targetHypertable) SET LOGGED on the target, for its chunks too; then stage and copy again"
      )
    }
    var facts = CopyPlan.Facts(
      source: source, target: answer.chunk, targetHypertable: task.targetHypertable,
      targetColumns: answer.hypertableColumns, range: task.range,
      capabilities: sessions.targetInstallation.capabilities, targetCompresses: answer.compresses,
      mayBypassExtension: sessions.targetInstallation.mayBypassExtension,
      mayDisableTriggers: sessions.targetInstallation.mayDisableTriggers,
      mayRecordSizes: sessions.targetInstallation.mayRecordSizes,
      bloomFiltersAgree: sessions.sourceInstallation.bloomHash == sessions.targetInstallation.bloomHash
        && sessions.sourceInstallation.encoding == sessions.targetInstallation.encoding,
      defaultCollationsAgree: sessions.sourceInstallation.defaultCollation
        == sessions.targetInstallation.defaultCollation,
      isPart: task.part != nil,
      wasRefreshed: answer.refreshed.contains { $0.overlaps(source.time(of: task)) })
    facts.loadsUserFunctions = sessions.loadingUserFunctions.contains(task.targetHypertable)
    return facts
  }

  /// A chunk that is gone took its rows along only if no other one has them now: merge_chunks and the roll-up of
  /// compressed chunks keep one chunk, and widen it; tiering moves rows to object storage.
  private static func refuseMovedRows(of task: BackfillTask, sessions: borrowing WorkerSessions) throws {
    guard let hypertable = task.hypertable, let slices = task.stagedSlices else {
      throw TaskFailure(
        "the chunk is gone from the source, and the queue doesn't tell its range",
        advice: "run clean, then stage again")
    }
    let found = try sessions.source.query(
      ChunkDescription.covering(
        hypertable: hypertable, dimensions: slices, capabilities: sessions.sourceInstallation.capabilities),
      doing: "looking for what has become of chunk \(task.chunk)"
    ) { row throws(PostgresError) in (name: try row.name(0), isTiered: try row.flag(2)) }
    guard let chunk = found.first else { return }
    guard chunk.isTiered else {
      throw TaskFailure(
        "the chunk is gone from the source, and its range belongs to chunk \(chunk.name) now",
        advice: "run stage again with the same options, then copy")
    }
    throw TaskFailure(
      "the chunk is gone from the source, and \(hypertable) has data in object storage, where its rows may be",
      advice: "untier the chunk on the source; if its rows were dropped, delete the task from __backfill.task"
    )
  }

  struct Answer {
    var chunk: ChunkDescription?
    var hypertableColumns: [Column]
    var compresses: Bool
    var isUnlogged = false
    /// What aggregates on the hypertable were refreshed for since the task was staged.
    var refreshed: [Dimension.Range] = []
  }

  /// The hinted answer if it is about the right chunk; nil to search. A chunk of the noted name may be gone.
  private static func usable(
    _ hinted: Result<Answer, any Error>, source: ChunkDescription, sessions: borrowing WorkerSessions
  ) throws -> Answer? {
    switch hinted {
    case .success(let answer):
      guard let chunk = answer.chunk else { return nil }
      if chunk.covers(sameAs: source) { return answer }
      // Its lock is given back with the savepoint.
      try TaskTransaction.undo(on: sessions.target, doing: "unlocking a chunk")
      return nil
    case .failure(let error as PostgresError) where error.sqlState == SQLState.undefinedTable:
      try TaskTransaction.undo(on: sessions.target, doing: "looking for the chunk")
      return nil
    case .failure(let error): throw error
    }
  }

  private static func ask(
    _ chunk: QualifiedName?, task: BackfillTask, sessions: borrowing WorkerSessions, locking: Bool
  ) throws -> Answer {
    let operation = "describing the target's chunk"
    var answer = Answer(chunk: nil, hypertableColumns: [], compresses: false)
    var batch: SQL = ""
    if let chunk {
      let mode: SQL = task.part == nil ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE"
      if locking { batch = "LOCK TABLE ONLY \(chunk) IN \(mode) MODE;" }
      batch = batch + ChunkDescription.question(chunk)
    }
    if locking { batch = batch + StagedAggregate.refreshedQuestion(task.targetHypertable) }
    try sessions.target.send(batch + Hypertable.columnsQuestion(task.targetHypertable), doing: operation)
    if let chunk {
      let described: [ChunkDescription] = try sessions.target.nextRows(doing: operation) {
        row throws(PostgresError) in
        try ChunkDescription(row, name: chunk)
      }
      answer.chunk = described.first { $0.hypertable == task.targetHypertable }
    }
    if locking {
      answer.refreshed =
        try sessions.target.nextRows(doing: operation) { row throws(PostgresError) in
          try StagedAggregate.refreshed(row)
        }.first ?? []
    }
    let columns = try sessions.target.rows(doing: operation) { row throws(PostgresError) in
      (try Column.rows(row, from: 2), try row.flag(1), try row.flag(2 + Column.arrayCount))
    }
    answer.hypertableColumns = columns.first?.0 ?? []
    answer.compresses = columns.first?.1 ?? false
    answer.isUnlogged = columns.first?.2 ?? false
    return answer
  }

  /// Staging found or made a chunk that was dropped since: makes it again, so that it may be stored like the source's.
  /// nil where that can't be, as rows that came in since have made a chunk with other bounds.
  private static func makeAgain(
    _ source: ChunkDescription, task: BackfillTask, sessions: borrowing WorkerSessions
  ) throws -> QualifiedName? {
    guard sessions.targetInstallation.capabilities.canCreateChunks else { return nil }
    let operation = "making the target's chunk again"
    let savepoint = Savepoint("chunk")
    do throws(PostgresError) {
      return try sessions.target.query(
        savepoint.setting
          + ChunkDescription.creation(
            hypertable: task.targetHypertable,
            dimensions: zip(source.dimensions, source.slices).map { ($0.column, $1) }),
        doing: operation
      ) { row throws(PostgresError) in try row.name(0) }.first
    } catch {
      // Without a hypertable there is none to make it of, which the caller says better.
      guard ChunkDescription.isCollision(error) || error.sqlState == SQLState.undefinedTable else {
        throw error
      }
      try savepoint.undo(on: sessions.target, doing: operation)
      return nil
    }
  }

  private static func search(
    source: ChunkDescription, task: BackfillTask, sessions: borrowing WorkerSessions
  ) throws -> QualifiedName? {
    try sessions.target.query(
      ChunkDescription.search(
        hypertable: task.targetHypertable,
        dimensions: zip(source.dimensions, source.slices).map { ($0.column, $1) },
        capabilities: sessions.targetInstallation.capabilities),
      doing: "looking for the target's chunk"
    ) { row throws(PostgresError) in try row.name(0) }.first
  }
}

extension CopyPlan.Facts {
  /// The same with the target chunk as it is now, after its form was changed in this transaction.
  func lookedAtAgain(sessions: borrowing WorkerSessions) throws -> CopyPlan.Facts {
    guard let name = target?.name else { return self }
    var facts = self
    let isThere = try sessions.target.query(
      "SELECT to_regclass(\(name.description)) IS NOT NULL", doing: "describing the target's chunk"
    ) { row throws(PostgresError) in try row.flag(0) }.first
    guard isThere == true else {
      // Compressing has merged it into another one; its rows find their place there.
      facts.target = nil
      return facts
    }
    facts.target = try sessions.target.query(
      ChunkDescription.question(name), doing: "describing the target's chunk"
    ) { row throws(PostgresError) in try ChunkDescription(row, name: name) }.first
    facts.attempt = .afterPreparing
    return facts
  }
}

extension ChunkDescription {
  /// Whether both chunks have the same slices in the same dimensions.
  func covers(sameAs other: ChunkDescription) -> Bool {
    let own = Dictionary(
      zip(dimensions.map(\.column), slices), uniquingKeysWith: { first, _ in first })
    return own.count == other.dimensions.count
      && zip(other.dimensions, other.slices).allSatisfy { own[$0.column] == $1 }
  }
}

extension ChunkDescription {
  /// The time that a task has rows of.
  func time(of task: BackfillTask) -> Dimension.Range {
    guard let index = timeIndex, index < slices.count else { return task.range }
    return slices[index].intersection(task.range)
  }
}

extension BackfillTask {
  /// A part of a chunk that another tool staged says what it means only in a text, which is never run as SQL.
  public func refuseForeignFilter() throws(TaskFailure) {
    guard !hasBounds, filter != nil else { return }
    throw TaskFailure(
      "this part of a chunk was staged by another tool, and its filter can't be trusted as SQL",
      advice: "run clean and stage again, or delete this task and stage its time range")
  }
}
