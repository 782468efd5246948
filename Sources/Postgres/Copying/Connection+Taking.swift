internal import CLibpq
import Waiting

extension Connection {
  /// Takes the rows of a COPY that the server has begun to send; the statements after it in the batch are still to be
  /// received. Small rows are put together, so that memory is bounded by a block and one row.
  ///
  /// - Parameter body: is given COPY data, block by block.
  /// - Returns: rows that the server says it sent, and bytes of COPY data.
  /// - Throws: `PostgresError`; what `body` throws, with the COPY still under way.
  public func takeCopy(
    doing operation: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> (rows: Int64, bytes: Int64) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 1)
    defer { block.deallocate() }
    var filled = 0
    var bytes: Int64 = 0
    func empty() throws {
      guard filled > 0 else { return }
      try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block)[..<filled]))
      filled = 0
    }
    while let row = try nextCopyRow(doing: operation) {
      defer { PQfreemem(row.start) }
      bytes += Int64(row.length)
      if filled + row.length > block.count { try empty() }
      let data = UnsafeRawBufferPointer(start: row.start, count: row.length)
      if row.length > block.count {
        try body(data)
      } else {
        UnsafeMutableRawBufferPointer(rebasing: block[filled...]).copyMemory(from: data)
        filled += row.length
      }
    }
    // Also what a COPY that failed half-way ends with, of which the server's own words are thrown here.
    let rows = try receive(doing: operation)?.affectedRows ?? 0
    try empty()
    return (rows, bytes)
  }

  /// nil at the end.
  private func nextCopyRow(
    doing operation: String
  ) throws(PostgresError) -> (start: UnsafeMutablePointer<CChar>, length: Int)? {
    var row: UnsafeMutablePointer<CChar>?
    var isGone = false
    while true {
      let length = PQgetCopyData(handle, &row, 1)
      if length > 0, let row { return (row, Int(length)) }
      if length == -1 { return nil }
      guard length == 0 else {
        // The error stays on the connection; receiving it gives the server's own words.
        try drain(doing: operation)
        throw lost(operation)
      }
      guard !isGone else { throw lost(operation) }
      try waitForSocket(.readable, doing: operation)
      isGone = PQconsumeInput(handle) != 1
    }
  }
}
