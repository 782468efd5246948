internal import CLibpq
import Glibc
import Waiting

/// Moves the rows of one `COPY ... TO STDOUT` into one `COPY ... FROM STDIN`.
///
/// libpq hands out each row in memory of its own; small rows are put together into one block, so that the
/// target handles a message per block and not per row, and a row larger than the block passes through
/// as it is. While one side is waited for, the other goes on into or out of its socket's kernel buffer, so
/// reading and writing overlap on a single thread. Memory is bounded by the block, one row, and libpq's
/// buffer, which is emptied after each block.
struct CopyPump: ~Copyable {
  /// Bytes put together before they go to the target.
  private static let blockSize = 64 * 1024

  private let block: UnsafeMutablePointer<CChar>
  private var filled = 0
  private var bytes: Int64 = 0
  private var sourceSilence = ServerSilence()
  /// Milliseconds for which the source has been silent.
  private var silentTime: Int32 = 0
  /// Milliseconds between two looks at whether to go on waiting.
  private static let look: Int32 = 1000
  /// The source's socket is closed; what it said before may still be to be read.
  private var sourceIsGone = false

  init() { block = .allocate(capacity: Self.blockSize) }

  deinit { block.deallocate() }

  /// Returns when the source has sent its last row and all of them are handed to the target's socket.
  ///
  /// - Parameter progress: called with the bytes of each block that went on its way.
  /// - Returns: the rows that the source says it sent, and the bytes of COPY data.
  mutating func run(
    from source: borrowing Connection, to target: borrowing Connection, operation: String,
    progress: (Int) -> Void
  ) throws(PostgresError) -> (rows: Int64, bytes: Int64) {
    while true {
      var row: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(source.handle, &row, 1)
      if length > 0, let row {
        defer { PQfreemem(row) }
        bytes += Int64(length)
        try take(row, Int(length), target: target, operation: operation, progress: progress)
      } else if length == 0 {
        guard !sourceIsGone else { throw source.lost(operation) }
        try awaitMore(from: source, target: target, operation: operation)
      } else if length == -1 {
        // Also what a COPY that failed half-way ends with. The source's own words come before those that the target
        // would find for a COPY that is cut off.
        let sent = try source.receive(doing: operation)?.affectedRows ?? 0
        try sendBlock(to: target, operation: operation, progress: progress)
        return (sent, bytes)
      } else {
        // The error stays on the connection; receiving it gives the server's own words.
        try source.drain(doing: operation)
        throw source.lost(operation)
      }
    }
  }

  private mutating func take(
    _ row: UnsafeMutablePointer<CChar>, _ length: Int, target: borrowing Connection, operation: String,
    progress: (Int) -> Void
  ) throws(PostgresError) {
    if filled + length > Self.blockSize {
      try sendBlock(to: target, operation: operation, progress: progress)
    }
    if length > Self.blockSize {
      try target.sendBlock(UnsafeRawBufferPointer(start: row, count: length), doing: operation)
      progress(length)
    } else {
      memcpy(block + filled, row, length)
      filled += length
    }
  }

  private mutating func sendBlock(
    to target: borrowing Connection, operation: String, progress: (Int) -> Void
  ) throws(PostgresError) {
    guard filled > 0 else { return }
    try target.yieldToSuspension(doing: operation)
    try target.sendBlock(UnsafeRawBufferPointer(start: block, count: filled), doing: operation)
    progress(filled)
    filled = 0
  }

  /// Nothing to read yet: waits for the source, and hears the target out if it speaks meanwhile.
  private mutating func awaitMore(
    from source: borrowing Connection, target: borrowing Connection, operation: String
  ) throws(PostgresError) {
    try target.yieldToSuspension(doing: operation)
    let waited = wait(
      on: [(PQsocket(source.handle), .readable), (PQsocket(target.handle), .readable)],
      interrupt: source.interrupt, milliseconds: Self.look)
    switch waited {
    case .interrupted: throw source.cancelled(operation)
    case .timedOut:
      silentTime += Self.look
      guard silentTime >= source.interrupt.silenceLimit.milliseconds else { return }
      silentTime = 0
      try sourceSilence.check(source, doing: operation)
    case .ready(let found):
      silentTime = 0
      if !found[1].isEmpty { try target.hearFailure(doing: operation) }
      sourceIsGone = PQconsumeInput(source.handle) != 1
    }
  }
}
