internal import ChunkCatalog
public import Postgres
internal import TaskEngine
internal import TimescaleDB

/// What the target says about a task.
struct TargetDescription {
  var chunk: ChunkDescription?
  /// The hypertable's number; nil where there is none.
  var hypertableID: Int64?
  /// Of the hypertable; empty where there is none.
  var columns: [Column] = []
  var compresses = false
  var isUnlogged = false
  /// What aggregates on the hypertable were refreshed for since the task was staged.
  var refreshes = StagedAggregate.Refreshes()
}

extension ChunkPairSearch {
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
      answer.refreshes =
        try target.nextRows(doing: operation) { row throws(PostgresError) in
          try StagedAggregate.Refreshes(row)
        }.first ?? StagedAggregate.Refreshes()
    }
    let hypertable = try target.rows(doing: operation) { row throws(PostgresError) in
      try HypertableColumns(row)
    }.first
    answer.hypertableID = hypertable?.id
    answer.columns = hypertable?.columns ?? []
    answer.compresses = hypertable?.compresses ?? false
    answer.isUnlogged = hypertable?.isUnlogged ?? false
    return answer
  }

  private func question(_ chunk: QualifiedName?) -> SQL {
    let mode: SQL = task.part == nil ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE"
    var lock: SQL = ""
    var questions: [PreparedStatement.Execution] = []
    if let chunk {
      if lockingTarget { lock = "LOCK TABLE ONLY \(chunk) IN \(mode) MODE;" }
      questions.append(ChunkDescription.question(chunk))
    }
    if lockingTarget { questions.append(StagedAggregate.refreshedQuestion(task.targetHypertable)) }
    questions.append(Hypertable.columnsQuestion(task.targetHypertable))
    return lock + questions.sql
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
      "SELECT to_regclass(\(name.description)) IS NOT NULL AS is_there", doing: operation
    ) { row throws(PostgresError) in try row.flag("is_there") }.first
    guard isThere == true else {
      // Compressing has merged it into another one; its rows find their place there.
      pair.target = nil
      return pair
    }
    pair.target = try connection.query(ChunkDescription.question(name).sql, doing: operation) {
      row throws(PostgresError) in try ChunkDescription(row, name: name)
    }.first
    return pair
  }
}
