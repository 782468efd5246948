internal import ChunkCatalog
public import Postgres
internal import TaskEngine
internal import TimescaleDB

/// What the target says about a task.
struct TargetDescription {
  var chunk: ChunkDescription?
  /// Of the hypertable; empty where there is none.
  var columns: [Column] = []
  var compresses = false
  var isUnlogged = false
  /// What aggregates on the hypertable were refreshed for since the task was staged.
  var refreshed: [Dimension.Range] = []
}

extension ChunkPairSearch {
  /// The target's side of a chunk: the hinted answer if that is about the right chunk, else what is found or made.
  func target(
    for source: ChunkDescription, _ hinted: Result<TargetDescription, any Error>,
    on target: borrowing Connection
  ) throws -> TargetDescription {
    if let answer = try usable(hinted, for: source, on: target) { return answer }
    var found = try search(source, on: target)
    if found == nil, lockingTarget, task.targetChunk != nil { found = try makeAgain(source, on: target) }
    return try describe(found, on: target)
  }

  /// nil to search: a chunk of the noted name may be gone, or be another one.
  private func usable(
    _ hinted: Result<TargetDescription, any Error>, for source: ChunkDescription,
    on target: borrowing Connection
  ) throws -> TargetDescription? {
    switch hinted {
    case .success(let answer):
      guard let chunk = answer.chunk else { return nil }
      if chunk.covers(sameAs: source) { return answer }
      // Its lock is given back with the savepoint.
      try TaskTransaction.undo(on: target, doing: "unlocking a chunk")
      return nil
    case .failure(let error as PostgresError) where error.sqlState == SQLState.undefinedTable:
      try TaskTransaction.undo(on: target, doing: "looking for the chunk")
      return nil
    case .failure(let error): throw error
    }
  }

  /// Asks the target about its hypertable, and a chunk of it, in one round trip. The chunk is locked first.
  func describe(_ chunk: QualifiedName?, on target: borrowing Connection) throws -> TargetDescription {
    let operation = "describing the target's chunk"
    try target.send(question(chunk), doing: operation)
    var answer = TargetDescription()
    if let chunk {
      let described: [ChunkDescription] = try target.nextRows(doing: operation) {
        row throws(PostgresError) in
        try ChunkDescription(row, name: chunk)
      }
      answer.chunk = described.first { $0.hypertable == task.targetHypertable }
    }
    if lockingTarget {
      answer.refreshed =
        try target.nextRows(doing: operation) { row throws(PostgresError) in
          try StagedAggregate.refreshed(row)
        }.first ?? []
    }
    let hypertable = try target.rows(doing: operation) { row throws(PostgresError) in
      (
        columns: try Column.rows(row, from: 2), compresses: try row.flag(1),
        isUnlogged: try row.flag(2 + Column.arrayCount)
      )
    }.first
    answer.columns = hypertable?.columns ?? []
    answer.compresses = hypertable?.compresses ?? false
    answer.isUnlogged = hypertable?.isUnlogged ?? false
    return answer
  }

  private func question(_ chunk: QualifiedName?) -> SQL {
    let mode: SQL = task.part == nil ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE"
    var batch: SQL = ""
    if let chunk {
      if lockingTarget { batch = "LOCK TABLE ONLY \(chunk) IN \(mode) MODE;" }
      batch = batch + ChunkDescription.question(chunk)
    }
    if lockingTarget { batch = batch + StagedAggregate.refreshedQuestion(task.targetHypertable) }
    return batch + Hypertable.columnsQuestion(task.targetHypertable)
  }
}

extension ChunkPairSearch {
  /// Staging found or made a chunk that was dropped since: makes it again, so that it may be stored like the source's.
  /// nil where that can't be, as rows that came in since have made a chunk with other bounds.
  private func makeAgain(
    _ source: ChunkDescription, on target: borrowing Connection
  ) throws -> QualifiedName? {
    guard setting.target.capabilities.canCreateChunks else { return nil }
    let operation = "making the target's chunk again"
    let savepoint = Savepoint("chunk")
    do throws(PostgresError) {
      return try target.query(
        savepoint.setting
          + ChunkDescription.creation(hypertable: task.targetHypertable, dimensions: source.slicesByColumn),
        doing: operation
      ) { row throws(PostgresError) in try row.name(0) }.first
    } catch {
      // Without a hypertable there is none to make it of, which the caller says better.
      guard ChunkDescription.isCollision(error) || error.sqlState == SQLState.undefinedTable else {
        throw error
      }
      try savepoint.undo(on: target, doing: operation)
      return nil
    }
  }

  /// The target's chunk with the source's slices.
  private func search(
    _ source: ChunkDescription, on target: borrowing Connection
  ) throws(PostgresError) -> QualifiedName? {
    try target.query(
      ChunkDescription.search(
        hypertable: task.targetHypertable, dimensions: source.slicesByColumn,
        capabilities: setting.target.capabilities),
      doing: "looking for the target's chunk"
    ) { row throws(PostgresError) in try row.name(0) }.first
  }
}

extension ChunkPair {
  /// Describes the target's chunk anew, after its form was changed in this transaction.
  ///
  /// - Throws: `PostgresError`.
  public func describedAgain(on connection: borrowing Connection) throws(PostgresError) -> ChunkPair {
    guard let name = target?.name else { return self }
    let operation = "describing the target's chunk"
    var pair = self
    let isThere = try connection.query(
      "SELECT to_regclass(\(name.description)) IS NOT NULL", doing: operation
    ) { row throws(PostgresError) in try row.flag(0) }.first
    guard isThere == true else {
      // Compressing has merged it into another one; its rows find their place there.
      pair.target = nil
      return pair
    }
    pair.target = try connection.query(ChunkDescription.question(name), doing: operation) {
      row throws(PostgresError) in try ChunkDescription(row, name: name)
    }.first
    return pair
  }
}

extension ChunkDescription {
  fileprivate var slicesByColumn: [(column: Identifier, range: Dimension.Range)] {
    zip(dimensions, slices).map { ($0.column, $1) }
  }

  /// Whether both chunks have the same slices in the same dimensions.
  fileprivate func covers(sameAs other: ChunkDescription) -> Bool {
    let own = Dictionary(
      zip(dimensions.map(\.column), slices), uniquingKeysWith: { first, _ in first })
    return own.count == other.dimensions.count
      && zip(other.dimensions, other.slices).allSatisfy { own[$0.column] == $1 }
  }
}
