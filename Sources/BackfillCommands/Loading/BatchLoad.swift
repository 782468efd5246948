import ChunkCatalog
import Loading
import Postgres

/// One batch on its way into the table, in one transaction with its mark (`LoadTransaction`). What is thrown is a
/// `PostgresError` or a `LoadFailure`, and leaves the session in the transaction.
struct BatchLoad {
  let plan: LoadPlan
  let transaction: LoadTransaction
  let errors: LoadOptions.ErrorPolicy
  let batch: Batch
  let input: LoadSource.Input

  var operation: String {
    "loading lines \(batch.firstLine) to \(batch.firstLine + max(0, batch.lines - 1)) of \(input.name)"
  }

  private var mark: LoadMark {
    LoadMark(input: input.number, bytes: batch.range, firstLine: batch.firstLine, lines: batch.lines)
  }

  /// Loads all records at once, as most batches have no bad one; sorted, where nobody sees that afterwards. Nobody is
  /// told the place of a bad one from here.
  ///
  /// - Returns: what became of them, now or in an earlier try whose answer was lost.
  func loadAtOnce(on session: borrowing Connection) throws -> LoadMark {
    var mark = mark
    var opening = OpeningAnswers()
    let sorted = plan.sortedColumn.flatMap { SortedRecords(batch, plan.format, by: $0) }
    try session.send(transaction.opening(mark, records: batch.records) + plan.copy, doing: operation)
    try session.awaitCopy(doing: operation) { result throws(PostgresError) in opening.take(result) }
    guard opening.isOurs, opening.isNew else {
      _ = try? session.endCopy(failure: "not to be loaded", doing: operation)
      return try settled(opening, on: session)
    }
    if let sorted {
      try sorted.forEachBlock { block throws(PostgresError) in
        try session.sendCopy(block, doing: operation)
      }
    } else {
      try session.sendCopy(batch.bytes, doing: operation)
    }
    mark.outcome = try bringIn(batch.records, on: session)
    return try commit(mark, on: session)
  }

  /// Loads what can be loaded: records are taken apart until the bad ones stand alone.
  ///
  /// - Parameter found: is told of each bad record.
  func loadPieceByPiece(on session: borrowing Connection, found: (BadRecord) -> Void) throws -> LoadMark {
    var mark = mark
    var opening = OpeningAnswers()
    try session.send(transaction.opening(mark, records: batch.records), doing: operation)
    try session.drain(doing: operation) { result throws(PostgresError) in opening.take(result) }
    guard opening.isOurs, opening.isNew else { return try settled(opening, on: session) }
    var search = BadRecordSearch(self)
    try search.run(on: session, found: found)
    for record in search.rejected {
      try session.execute(record.insertion(into: transaction.load), doing: "keeping a rejected record")
    }
    mark.outcome = search.outcome
    return try commit(mark, on: session)
  }

  /// Ends the COPY that records were sent to, and brings them into the table.
  ///
  /// - Returns: what became of them.
  func bringIn(_ records: Int, on session: borrowing Connection) throws -> LoadMark.Outcome {
    let taken = try session.endCopy(doing: operation)
    try session.drain(doing: operation)
    let sent = Int64(records)
    // Only a window leaves records out of a COPY.
    guard plan.window == nil ? taken == sent : taken <= sent else {
      throw LoadFailure.finding(
        .miscounted(path: input.name, line: batch.firstLine, sent: sent, taken: taken))
    }
    guard let insertion = plan.insertion else {
      return LoadMark.Outcome(rows: taken, leftOut: sent - taken)
    }
    let inserted = try count(of: insertion, on: session)
    guard inserted <= taken else {
      throw LoadFailure.finding(
        .miscounted(path: input.name, line: batch.firstLine, sent: taken, taken: inserted))
    }
    return LoadMark.Outcome(rows: inserted, leftOut: sent - taken, passedOver: taken - inserted)
  }

  /// Rows that a statement has written.
  private func count(of statement: SQL, on session: borrowing Connection) throws -> Int64 {
    var rows: Int64 = 0
    try session.send(statement, doing: operation)
    try session.drain(doing: operation) { result throws(PostgresError) in rows = result.affectedRows }
    return rows
  }

  private func commit(_ mark: LoadMark, on session: borrowing Connection) throws -> LoadMark {
    guard mark.outcome.records == Int64(batch.records) else {
      throw LoadFailure.finding(
        .miscounted(
          path: input.name, line: batch.firstLine, sent: Int64(batch.records), taken: mark.outcome.records))
    }
    guard try count(of: transaction.completion(mark), on: session) == 1 else {
      throw LoadFailure.finding(.table(.changed(plan.table.name)))
    }
    var command = ""
    try session.send("COMMIT", doing: operation)
    try session.drain(doing: operation) { result throws(PostgresError) in command = result.command }
    guard command == "COMMIT" else {
      throw PostgresError.unexpected("COMMIT was answered with \(command)", .target, doing: operation)
    }
    return mark
  }

  /// Another run has the load by now, or the batch is in.
  private func settled(_ opening: OpeningAnswers, on session: borrowing Connection) throws -> LoadMark {
    session.rollBack()
    guard opening.isOurs, let mark = try transaction.committed(mark, on: session) else {
      throw LoadFailure.finding(.takenOver)
    }
    return mark
  }
}

/// What `LoadTransaction.opening` was answered with.
struct OpeningAnswers {
  /// The load is this run's.
  private(set) var isOurs = false
  /// The batch isn't in.
  private(set) var isNew = false

  mutating func take(_ result: borrowing QueryResult) {
    switch result.command {
    case "SELECT": isOurs = result.rowCount == 1
    case "INSERT": isNew = result.affectedRows == 1
    default: break
    }
  }
}
