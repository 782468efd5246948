internal import CLibpq
import Waiting

/// How fast a COPY goes whose rows nobody wants.
extension Connection {
  /// Takes the rows of a COPY that the server sends, and throws them away, until they end or time is up: then the server
  /// is asked to stop.
  ///
  /// - Returns: bytes of COPY data.
  /// - Throws: `PostgresError`.
  public func discardRows(
    until deadline: ContinuousClock.Instant, doing operation: String
  ) throws(PostgresError) -> Int64 {
    var bytes: Int64 = 0
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(handle, &row, 1)
      if length > 0, let taken = row {
        bytes += Int64(length)
        PQfreemem(taken)
      } else if length == 0 {
        guard ContinuousClock.now < deadline else {
          abandonStatement()
          return bytes
        }
        try waitForSocket(.readable, doing: operation)
        guard PQconsumeInput(handle) == 1 else { throw lost(operation) }
      } else {
        try drain(doing: operation)
        return bytes
      }
    }
  }

  /// Sends the same rows again and again to a COPY that the server takes, until time is up, and has the server give the
  /// COPY up: nothing of it stays.
  ///
  /// - Returns: bytes of COPY data.
  /// - Throws: `PostgresError`.
  public func sendRows(
    _ rows: String, until deadline: ContinuousClock.Instant, doing operation: String
  ) throws(PostgresError) -> Int64 {
    var bytes: Int64 = 0
    while ContinuousClock.now < deadline {
      try putCopy(rows, doing: operation)
      bytes += Int64(rows.utf8.count)
    }
    abandonStatement()
    return bytes
  }
}
