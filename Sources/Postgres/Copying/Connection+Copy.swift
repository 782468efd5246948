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
    throw PostgresError.unexpected("the server began no COPY", side, doing: operation)
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
}
