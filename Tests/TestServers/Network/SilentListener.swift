import Foundation

/// Listens on a port of 127.0.0.1, and says nothing to whoever calls.
public final class SilentListener: Sendable {
  public let port: Int
  private let descriptor: Int32

  /// - Throws: `HarnessError`.
  public init() throws { (descriptor, port) = try Loopback.listen() }

  deinit { close(descriptor) }

  /// Waits until somebody has called.
  ///
  /// - Throws: `HarnessError` when nobody has within a minute.
  public func awaitCaller() throws {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, 60_000) == 1 else { throw HarnessError("nobody called port \(port)") }
  }
}
