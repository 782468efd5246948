internal import CLibpq
import Glibc
import Synchronization
import Waiting

extension Connection {
  /// Asks the server to stop the statement in progress, https://www.postgresql.org/docs/current/libpq-cancel.html
  ///
  /// The request is a connection of its own, which libpq waits for without bound. It is made on a thread of its own, so
  /// that a server that doesn't answer holds nobody up for longer than two seconds. While one is under way no other is made.
  public func cancelStatement() {
    guard requests.begin() else { return }
    guard let request = PQgetCancel(handle) else { return requests.end() }
    let requests = requests
    let sender = CancelRequest(request)
    BlockingCall.run(interrupt: interrupt, milliseconds: 2000) {
      sender.send()
      requests.end()
    }
  }
}

/// Whether a request to cancel is under way.
final class CancelRequests: Sendable {
  private let isUnderWay = Atomic<Bool>(false)

  /// - Returns: false while there is one.
  func begin() -> Bool { !isUnderWay.exchange(true, ordering: .acquiringAndReleasing) }

  func end() { isUnderWay.store(false, ordering: .releasing) }
}

/// Unchecked, as only the thread that sends it ever touches it after it was made.
private final class CancelRequest: @unchecked Sendable {
  private let request: OpaquePointer

  init(_ request: OpaquePointer) { self.request = request }

  deinit { PQfreeCancel(request) }

  func send() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      _ = PQcancel(request, buffer.baseAddress, Int32(buffer.count))
    }
  }
}
