internal import CLibpq
import Glibc

extension Connection {
  /// Waits until the server is ready to send (`COPY ... TO STDOUT`) or take (`COPY ... FROM STDIN`) rows.
  ///
  /// - Parameter look: is shown the answers to the statements before the COPY in the batch.
  public func awaitCopy(
    doing operation: String, _ look: (borrowing QueryResult) throws(PostgresError) -> Void = { _ in }
  ) throws(PostgresError) {
    while let result = try receive(doing: operation) {
      if result.status == PGRES_COPY_IN || result.status == PGRES_COPY_OUT { return }
      try look(result)
    }
    throw PostgresError(
      kind: .unexpectedAnswer, side: side, operation: operation, message: "the server began no COPY")
  }

  /// Sends rows of text-format COPY data.
  public func putCopy(_ text: String, doing operation: String) throws(PostgresError) {
    var text = text
    let sent = text.withUTF8 { buffer in
      buffer.withMemoryRebound(to: CChar.self) { bytes in
        PQputCopyData(handle, bytes.baseAddress, Int32(bytes.count))
      }
    }
    guard sent == 1 else { throw lost(operation) }
    try flush(doing: operation)
  }

  /// Ends `COPY ... FROM STDIN` and returns the number of rows the server took, with the statements after it
  /// in the batch still to be received.
  ///
  /// - Parameter failure: makes the server give up the COPY instead, for this reason.
  public func endCopy(failure: String? = nil, doing operation: String) throws(PostgresError) -> Int64 {
    let ended = failure.map { PQputCopyEnd(handle, $0) } ?? PQputCopyEnd(handle, nil)
    guard ended == 1 else { throw lost(operation) }
    try flush(doing: operation)
    guard let result = try receive(doing: operation) else { return 0 }
    return result.affectedRows
  }

  /// Moves the rows of a COPY that `self` has begun to send into a COPY that `target` has begun to take. Both
  /// COPYs are ended on every exit; on failure the target's is given up, so that none of its rows stay.
  ///
  /// - Parameter progress: called with the bytes of each block that went on its way.
  /// - Returns: rows that the source sent, rows that the target took, and bytes of COPY data. The target takes fewer
  ///   rows than were sent where a trigger keeps some out.
  public func pumpCopy(
    into target: borrowing Connection, doing operation: String, progress: (Int) -> Void
  ) throws(PostgresError) -> (sent: Int64, taken: Int64, bytes: Int64) {
    var pump = CopyPump()
    let moved: (rows: Int64, bytes: Int64)
    do {
      moved = try pump.run(from: self, to: target, operation: operation, progress: progress)
    } catch {
      if error.side == .source, target.isUsable {
        _ = try? target.endCopy(failure: "the source failed", doing: operation)
      }
      throw error
    }
    return (moved.rows, try target.endCopy(doing: operation), moved.bytes)
  }

  /// Gets out of whatever the server is doing for this session, a COPY in either direction included: the server is
  /// asked to stop, what is under way is thrown away. Best effort; a session that can't be saved is found unusable. Once
  /// the run is cancelled nothing is waited for, as no session will be used again.
  public func abandonStatement() {
    guard isUsable, PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    cancelStatement()
    while let result = settledResult() {
      switch result.status {
      case PGRES_COPY_OUT: guard discardCopy() else { return }
      case PGRES_COPY_IN: _ = try? endCopy(failure: "given up", doing: "cancelling")
      // It was done before the request came; what follows it has to be taken off the connection too.
      default: continue
      }
    }
  }

  /// The next result that isn't an error of the statement being given up; nil when there is none.
  private func settledResult() -> QueryResult? {
    while PQisBusy(handle) == 1 { guard hearWhileAbandoning() else { return nil } }
    return try? receive(doing: "cancelling")
  }

  /// Throws away the rest of a COPY; false when its end could not be reached.
  private func discardCopy() -> Bool {
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(handle, &row, 1)
      if length > 0, let taken = row {
        PQfreemem(taken)
      } else if length == 0 {
        guard hearWhileAbandoning() else { return false }
      } else {
        return true
      }
    }
  }

  /// Waits for more of what is thrown away, and asks the server again from time to time: a request to stop that comes
  /// before the statement has begun is forgotten.
  private func hearWhileAbandoning() -> Bool {
    switch wait(on: [(PQsocket(handle), .readable)], interrupt: interrupt, milliseconds: 500) {
    case .interrupted: return false
    case .timedOut:
      cancelStatement()
      return true
    case .ready: return PQconsumeInput(handle) == 1
    }
  }
}
