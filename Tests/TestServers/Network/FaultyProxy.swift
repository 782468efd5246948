import Foundation
import Synchronization

/// Stands between the program and a server on 127.0.0.1, and does to the connections what networks do.
///
/// Each connection has a thread of its own that moves bytes both ways. It ends with its last reference, cutting what
/// is still connected.
public final class FaultyProxy: Sendable {
  /// The port to connect to instead of the server's.
  public let port: Int
  private let listener: Int32
  private let control = ProxyControl()

  /// - Parameter port: the server's on 127.0.0.1.
  public init(to port: Int) throws {
    (listener, self.port) = try Loopback.listen()
    let listener = listener
    let control = control
    control.update { $0.port = port }
    Thread.detachNewThread { Self.accept(from: listener, control: control) }
  }

  /// New connections go to another server from now on, as after a failover.
  public func lead(to port: Int) { control.update { $0.port = port } }

  deinit {
    control.end()
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Whether a cut is announced to both ends (FIN) or found out by them (RST).
  public enum Manner: Sendable, CaseIterable {
    case politely
    case abruptly
  }

  /// The connections there are.
  public var connections: Int { control.links }

  /// Cuts all connections there are; new ones are taken.
  public func cutAll(_ manner: Manner = .abruptly) { control.cutAll(manner) }

  /// Cuts, once, the connection over which the next so many bytes will have gone, all connections taken together.
  public func cut(afterBytes count: Int, _ manner: Manner = .abruptly) {
    control.update { $0.cutAfter = (count, manner) }
  }

  /// Moves nothing until `release`, like a network that loses every packet.
  public func hold() { control.update { $0.isHeld = true } }

  public func release() { control.update { $0.isHeld = false } }

  /// Takes back every order that is still open, the limit on bytes too.
  public func heal() {
    control.update { state in
      state.isHeld = false
      state.rate = nil
      state.cutAfter = nil
      state.trap = nil
      state.watch = nil
    }
  }

  /// The most bytes a second that each connection moves; nil for as many as it can.
  ///
  /// - Parameter count: bytes that go as fast as they can before, all connections taken together.
  public func throttle(_ bytesPerSecond: Int?, after count: Int = 0) {
    control.update {
      $0.rate = bytesPerSecond
      $0.unthrottled = count
    }
  }

  /// What becomes of a message whose answer is lost.
  public enum Delivery: Sendable, CaseIterable {
    /// The server gets it and acts on it, and the client never learns.
    case delivered
    /// The server never gets it.
    case undelivered
    /// The server gets it, and is still at work on it when the client has lost the connection.
    case overtaken
  }

  /// Cuts, once, the connection on which a client says this, before any answer to it.
  public func loseAnswer(to text: String, _ delivery: Delivery) {
    control.update { $0.trap = ProxyControl.Trap(pattern: Array(text.utf8), delivery: delivery) }
  }

  /// Has every statement from now on numbered and decided on; nil for none.
  public func watch(_ watch: StatementWatch?) { control.update { $0.watch = watch } }

  /// How many of the ordered cuts (`cut(afterBytes:)`, `loseAnswer`) have been done.
  public var cutsDone: Int { control.cutsDone }

  /// How many answers have been lost, by what became of the message.
  public func answersLost(_ delivery: Delivery) -> Int { control.read { $0.answersLost[delivery] ?? 0 } }

  private static func accept(from listener: Int32, control: ProxyControl) {
    while !control.hasEnded {
      // accept4(2), which would close it on exec at once, is hidden from Swift.
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { break }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      guard let server = try? Loopback.connect(to: control.read { $0.port }) else {
        close(client)
        continue
      }
      Thread.detachNewThread { ProxyLink(client: client, server: server, control: control).run() }
    }
    close(listener)
  }
}
