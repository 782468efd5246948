import Foundation

/// One direction of one connection: every byte is delivered so long after it has arrived. Throughput is
/// not limited; what is under way is.
final class DelayLine: @unchecked Sendable {
  // Every property below is used under the lock.
  private let lock = NSCondition()
  private var packets: [Packet] = []
  private var bytes = 0
  private var isBroken = false

  private struct Packet {
    let due: ContinuousClock.Instant
    let clock: Int
    /// Empty at the end.
    let bytes: [UInt8]
  }

  /// As in a network with a large window: a sender that is faster than the receiver has to wait.
  private static let window = 16 << 20

  /// Carries bytes from one socket to the other until either ends, on two threads of its own.
  ///
  /// - Parameters:
  ///   - arrived: told of what arrives; answers with a clock, which `delivering` hears just before delivery.
  ///   - ended: called by each of the two threads as the last it does.
  func run(
    from: Int32, to: Int32, delay: Duration, arrived: @escaping @Sendable (ArraySlice<UInt8>) -> Int,
    delivering: @escaping @Sendable (Int) -> Void, ended: @escaping @Sendable () -> Void
  ) {
    Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 256 << 10)
      while true {
        let count = recv(from, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        let clock = arrived(buffer[..<count])
        guard push(Packet(due: .now + delay, clock: clock, bytes: Array(buffer[..<count]))) else { break }
      }
      _ = push(Packet(due: .now + delay, clock: 0, bytes: []))
      ended()
    }
    Thread.detachNewThread { [self] in
      while true {
        let packet = pop()
        sleep(until: packet.due)
        guard !packet.bytes.isEmpty else { break }
        delivering(packet.clock)
        guard sendAll(packet.bytes, to: to) else { break }
      }
      breakOff()
      shutdown(to, Int32(SHUT_WR))
      shutdown(from, Int32(SHUT_RD))
      ended()
    }
  }

  private func push(_ packet: Packet) -> Bool {
    lock.withLock {
      while bytes > Self.window, !isBroken { lock.wait() }
      packets.append(packet)
      bytes += packet.bytes.count
      lock.broadcast()
      return !isBroken
    }
  }

  private func pop() -> Packet {
    lock.withLock {
      while packets.isEmpty { lock.wait() }
      let packet = packets.removeFirst()
      bytes -= packet.bytes.count
      lock.broadcast()
      return packet
    }
  }

  private func breakOff() {
    lock.withLock {
      isBroken = true
      lock.broadcast()
    }
  }

  private func sleep(until due: ContinuousClock.Instant) {
    let left = due - .now
    if left > .zero { usleep(UInt32(left / .microseconds(1))) }
  }

  private func sendAll(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
