internal import CLibpq
import Glibc

extension Connection {
  /// Asks the server to stop the statement in progress, https://www.postgresql.org/docs/current/libpq-cancel.html
  ///
  /// The request is a connection of its own, which libpq waits for without bound. It is made on a thread of its own, so
  /// that a server that doesn't answer holds nobody up for longer than two seconds.
  public func cancelStatement() {
    guard let request = PQgetCancel(handle) else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      PQfreeCancel(request)
      return
    }
    let sender = CancelRequest(request: request, done: ends[1])
    DedicatedThread.launch { sender.send() }
    var polled = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    _ = poll(&polled, 1, 2000)
    close(ends[0])
  }
}

/// A request on its way. Unchecked, as only the thread that sends it ever touches it after it was made.
private final class CancelRequest: @unchecked Sendable {
  private let request: OpaquePointer
  /// Closed when the request is done, which its reader sees.
  private let done: Int32

  init(request: OpaquePointer, done: Int32) {
    self.request = request
    self.done = done
  }

  func send() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      _ = PQcancel(request, buffer.baseAddress, Int32(buffer.count))
    }
    PQfreeCancel(request)
    close(done)
  }
}
