public import Postgres
import TimescaleDB
import Waiting

/// Copies the rows of an ordinary table from one transaction to another.
struct RowCopy {
  let interrupt: Interrupt

  /// - Parameter filling: a COPY that takes what `replacement` reads.
  /// - Returns: the number of rows.
  /// - Throws: `PostgresError`.
  func copy(
    _ replacement: TableReplacement, into filling: SQL, _ source: borrowing Connection,
    _ target: borrowing Connection
  ) throws(PostgresError) -> Int64 {
    let operation = "copying rows of \(replacement.table.name)"
    guard interrupt.stage == .running else {
      throw PostgresError.stopped(.target, doing: operation)
    }
    try source.send(replacement.reading, doing: operation)
    try source.awaitCopy(doing: operation)
    do throws(PostgresError) {
      try target.send(filling, doing: operation)
      try target.awaitCopy(doing: operation)
    } catch {
      source.abandonStatement()
      throw error
    }
    let moved = try source.pumpCopy(into: target, doing: operation) { _ in }
    try source.drain(doing: operation)
    try target.drain(doing: operation)
    guard moved.sent == moved.taken else {
      throw PostgresError(
        kind: .unexpectedAnswer, side: .target, operation: operation,
        reason: .objection(RowsMissing(sent: moved.sent, taken: moved.taken)))
    }
    return moved.taken
  }
}

/// Fewer or more rows arrived than were sent.
public struct RowsMissing: SessionObjection {
  public let sent: Int64
  public let taken: Int64

  public init(sent: Int64, taken: Int64) {
    self.sent = sent
    self.taken = taken
  }
}
