internal import ChunkPairs
internal import Postgres
internal import TaskEngine
internal import TimescaleDB

/// Rows of a chunk that the source's database has, read in the transaction that described it.
struct LiveChunk: RowSource {
  let rows: CopyStream.Source
  let chunk: ChunkDescription
  /// Nothing more is read for the task, so the source's transaction ends behind the rows. It would otherwise keep its
  /// snapshot and its lock on the chunk for as long as the target takes.
  let isLast: Bool

  private var operation: String { "reading \(rows.relation)" }

  func ask(_ sessions: borrowing WorkerSessions) throws {
    let guards = SourceGuard.filesAreSame(SourceGuard.relations(of: chunk)) + ";"
    try sessions.source.send(
      rows.sql + guards + (isLast ? SourceGuard.ending(chunk) : ""), doing: operation)
  }

  func stream(_ sessions: borrowing WorkerSessions, moved: (Int) -> Void) throws -> StreamedRows {
    try sessions.source.awaitCopy(doing: operation)
    let copied = try sessions.source.pumpCopy(into: sessions.target, doing: "copying rows", progress: moved)
    let inBatches = try sessions.source.nextRows(doing: operation) { row throws(PostgresError) in
      try row.optionalInteger("rows_in_batches")
    }
    return StreamedRows(
      sent: copied.sent, taken: copied.taken, rows: (inBatches.first ?? nil) ?? copied.taken,
      bytes: copied.bytes)
  }

  func confirm(_ sessions: borrowing WorkerSessions) throws {
    var answers: [Bool] = []
    try sessions.source.drain(doing: operation) { answer throws(PostgresError) in
      answers += try answer.map(SourceGuard.isAsDescribed)
    }
    let expected = isLast && SourceGuard.dependsOnStatus(chunk) ? 2 : 1
    guard answers.count == expected, !answers.contains(false) else { throw SourceGuard.failure }
  }

  func abandon(after error: any Error, _ sessions: borrowing WorkerSessions) -> any Error {
    sessions.source.abandonStatement()
    return SourceGuard.reason(for: error, from: sessions.source)
  }
}

/// A chunk or a hypertable of the target's database.
extension CopyStream.Sink: RowSink {
  var name: QualifiedName { relation }

  func begin(
    behind statements: SQL, on target: borrowing Connection, doing operation: String,
    _ look: (borrowing QueryResult) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    try target.send(statements + sql, doing: operation)
    try target.awaitCopy(doing: operation, look)
  }

  func finish(on target: borrowing Connection) throws(PostgresError) {
    try target.drain(doing: "copying rows")
  }

  func abandon(on target: borrowing Connection) { target.abandonStatement() }
}
