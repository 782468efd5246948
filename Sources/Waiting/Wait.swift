import Glibc

/// What a socket is waited for, and what was found.
public struct Readiness: OptionSet, Sendable {
  public let rawValue: Int16

  public init(rawValue: Int16) { self.rawValue = rawValue }

  public static let readable = Readiness(rawValue: Int16(POLLIN))
  public static let writable = Readiness(rawValue: Int16(POLLOUT))
  /// The socket has failed or was closed; the next call on it will say how.
  public static let broken = Readiness(rawValue: Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL))
}

/// How a wait ended.
public enum Waited {
  /// What each socket is ready for, in the order given.
  case ready([Readiness])
  case interrupted
  case timedOut
}

/// Waits until one of the sockets is ready or broken, the run is cancelled, or the time is over.
///
/// - Parameter milliseconds: -1 waits without bound.
public func wait(
  on sockets: [(descriptor: Int32, readiness: Readiness)], interrupt: Interrupt, milliseconds: Int32
) -> Waited {
  var polled = sockets.map { pollfd(fd: $0.descriptor, events: $0.readiness.rawValue, revents: 0) }
  polled.append(pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0))
  while true {
    if interrupt.stage == .cancelled { return .interrupted }
    let count = poll(&polled, nfds_t(polled.count), milliseconds)
    if count == 0 { return .timedOut }
    // Anything but EINTR is a fault in the arguments or no memory; the next libpq call reports its own state.
    if count < 0, errno == EINTR { continue }
    if count > 0, interrupt.stage == .cancelled { return .interrupted }
    return .ready(polled.dropLast().map { Readiness(rawValue: $0.revents) })
  }
}
