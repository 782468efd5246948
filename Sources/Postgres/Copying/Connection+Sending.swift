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
      try yieldToSuspension(doing: operation)
      try sendBlock(block, doing: operation)
      // Between two blocks the server is only looked at.
      switch wait(on: [(PQsocket(handle), .readable)], interrupt: interrupt, milliseconds: 0) {
      case .interrupted: throw cancelled(operation)
      case .timedOut: break
      case .ready: try hearFailure(doing: operation)
      }
      progress(block.count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(block.count))
    }
  }

  /// Sends one block, and hears the server out if it speaks before all of it is in its socket.
  func sendBlock(_ block: UnsafeRawBufferPointer, doing operation: String) throws(PostgresError) {
    let sent = PQputCopyData(
      handle, block.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(block.count))
    guard sent == 1 else { throw lost(operation) }
    var silence = ServerSilence()
    while true {
      let flushed = PQflush(handle)
      if flushed == 0 { return }
      guard flushed == 1 else { throw lost(operation) }
      let waited = wait(
        on: [(PQsocket(handle), [.readable, .writable])], interrupt: interrupt,
        milliseconds: interrupt.silenceLimit.milliseconds)
      switch waited {
      case .interrupted: throw cancelled(operation)
      case .timedOut: try silence.check(self, doing: operation)
      case .ready(let found):
        if found.first?.contains(.readable) == true { try hearFailure(doing: operation) }
      }
    }
  }

  /// A server that takes a COPY has nothing to say but that it failed (notices are turned off by `SessionSettings`).
  /// libpq doesn't show that before the COPY is ended, so it is ended here, long before the rest is sent for nothing.
  func hearFailure(doing operation: String) throws(PostgresError) {
    guard PQconsumeInput(handle) == 1 else { throw lost(operation) }
    _ = try endCopy(failure: "the server interrupted the COPY", doing: operation)
    throw PostgresError.unexpected(
      "the server ended the COPY without giving a reason", side, doing: operation)
  }
}
