internal import CLibpq
import Waiting

extension Connection {
  /// Bytes that are handed to libpq at a time.
  private static var blockSize: Int { 64 * 1024 }

  /// Sends rows to a COPY that the server takes, which is left open. What the server has to say meanwhile is that it
  /// failed: that is heard long before the rest is sent for nothing, and ends the COPY.
  ///
  /// - Parameters:
  ///   - bytes: COPY data in the form that was agreed on; rows need not be whole.
  ///   - progress: called with the bytes of each block that went on its way.
  /// - Throws: `PostgresError`. One with `SQLState.queryCanceled` may be of our own making: the server said something
  ///   that was no failure, such as a setting that has changed, and the COPY was given up to find out.
  public func sendCopy(
    _ bytes: UnsafeRawBufferPointer, doing operation: String, progress: (Int) -> Void = { _ in }
  ) throws(PostgresError) {
    var rest = bytes
    while !rest.isEmpty {
      let block = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockSize))
      let sent = PQputCopyData(
        handle, block.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(block.count))
      guard sent == 1 else { throw lost(operation) }
      try flushListening(doing: operation)
      progress(block.count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(block.count))
    }
  }

  private func flushListening(doing operation: String) throws(PostgresError) {
    var silence = ServerSilence()
    while true {
      let flushed = PQflush(handle)
      guard flushed >= 0 else { throw lost(operation) }
      // Between two blocks the server is only looked at.
      let wanted: Readiness = flushed == 0 ? .readable : [.readable, .writable]
      let waited = wait(
        on: [(PQsocket(handle), wanted)], interrupt: interrupt,
        milliseconds: flushed == 0 ? 0 : interrupt.silenceLimit.milliseconds)
      switch waited {
      case .interrupted: throw cancelled(operation)
      case .timedOut where flushed == 0: return
      case .timedOut: try silence.check(self, doing: operation)
      case .ready(let found):
        let seen = found.first?.subtracting(.writable) ?? []
        if !seen.isEmpty { try hearFailure(doing: operation) }
      }
    }
  }

  private func hearFailure(doing operation: String) throws(PostgresError) {
    guard PQconsumeInput(handle) == 1 else { throw lost(operation) }
    _ = try endCopy(failure: "the server interrupted the COPY", doing: operation)
    throw PostgresError.unexpected(
      "the server ended the COPY without giving a reason", side, doing: operation)
  }
}
