import Foundation
import Synchronization
import TestServers

/// Puts a server at a distance: listens on 127.0.0.1, delays every byte by half a round trip in each
/// direction, and has a ledger count what passes.
final class LatencyProxy: Sendable {
  /// Where it listens.
  let port: Int
  private let listener: Int32
  private let upstream: Int
  private let delay: Duration
  private let ledger: TripLedger

  /// - Parameter roundTrip: milliseconds added to each round trip.
  init(to upstream: Int, roundTrip: Double, ledger: TripLedger) throws {
    (listener, port) = try Loopback.listen()
    self.upstream = upstream
    delay = .microseconds(Int64(roundTrip * 500))
    self.ledger = ledger
    Thread.detachNewThread { [listener, self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { break }
        // accept4(2) is hidden from Swift. No contestant is started between the two.
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        self.carry(client)
      }
    }
  }

  /// Takes no more connections.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func carry(_ client: Int32) {
    guard let server = try? Loopback.connect(to: upstream) else {
      close(client)
      return
    }
    for descriptor in [client, server] { Self.sendAtOnce(descriptor) }
    let line = ledger.open()
    let shared = Answers()
    let ended: @Sendable () -> Void = {
      guard shared.ends() else { return }
      close(client)
      close(server)
    }
    DelayLine().run(
      from: client, to: server, delay: delay,
      arrived: { [ledger] bytes in
        if AnswerReader.asksForEncryption(bytes) { shared.expectBareByte() }
        return ledger.clientSent(line, bytes)
      }, delivering: { [ledger] in ledger.reachedServer(line, clock: $0) }, ended: ended)
    DelayLine().run(
      from: server, to: client, delay: delay,
      arrived: { [ledger] bytes in
        ledger.serverSent(line, bytes: bytes.count, statements: shared.read(bytes))
      }, delivering: { [ledger] in ledger.reachedClient(line, clock: $0) }, ended: ended)
  }

  /// Small messages must not wait for one another; the delay is to be the proxy's alone.
  private static func sendAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }
}

/// What both directions of a connection share.
private final class Answers: Sendable {
  private let reader = Mutex(AnswerReader())
  private let open = Atomic(4)

  func expectBareByte() { reader.withLock { $0.expectsBareByte = true } }

  func read(_ bytes: ArraySlice<UInt8>) -> Int { reader.withLock { $0.read(bytes) } }

  /// - Returns: whether that was the last of the four threads.
  func ends() -> Bool {
    open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }
}
