import Foundation

/// TCP on 127.0.0.1. Sockets are closed on exec: a child process that held one would keep its other end waiting.
public enum Loopback {
  /// A socket listening on a port that the system chooses.
  public static func listen() throws -> (descriptor: Int32, port: Int) {
    let (descriptor, port) = try bound()
    guard Glibc.listen(descriptor, 128) == 0 else { throw refusal("listen", closing: descriptor) }
    return (descriptor, port)
  }

  public static func connect(to port: Int) throws -> Int32 {
    let descriptor = try makeSocket()
    var address = sockaddr_in(localPort: port)
    let isConnected = address.withGeneric { Glibc.connect(descriptor, $0, sockaddr_in.length) == 0 }
    guard isConnected else { throw refusal("connect", closing: descriptor) }
    return descriptor
  }

  /// A port that nothing listens on, of those that the system gives to nobody by itself: a server that is stopped for a
  /// while finds its port free when it starts again.
  ///
  /// Another process may take it before the server does: starting a server tries again with another.
  static func freePort() throws -> Int {
    for _ in 0..<100 {
      // From 32768 on, https://man7.org/linux/man-pages/man7/ip.7.html (ip_local_port_range)
      guard let (descriptor, port) = try? bound(to: .random(in: 16_384..<32_768)) else { continue }
      close(descriptor)
      return port
    }
    throw HarnessError("no port of 127.0.0.1 is free")
  }

  /// This end's port of a connection; 0 when it is none.
  static func port(of connection: Int32) -> Int {
    var address = sockaddr_in(localPort: 0)
    var length = sockaddr_in.length
    let isKnown = address.withGeneric { getsockname(connection, $0, &length) == 0 }
    return isKnown ? Int(UInt16(bigEndian: address.sin_port)) : 0
  }

  /// - Parameter port: 0 for one that the system chooses.
  private static func bound(to port: Int = 0) throws -> (descriptor: Int32, port: Int) {
    let descriptor = try makeSocket()
    var address = sockaddr_in(localPort: port)
    var length = sockaddr_in.length
    let isBound = address.withGeneric {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
    guard isBound else { throw refusal("bind", closing: descriptor) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func makeSocket() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw refusal("make", closing: descriptor) }
    return descriptor
  }

  /// What the last system call's refusal is told as; closes the socket, if there is one.
  private static func refusal(_ action: String, closing descriptor: Int32) -> HarnessError {
    let error = HarnessError("cannot \(action) a socket on 127.0.0.1: \(String(cString: strerror(errno)))")
    if descriptor >= 0 { close(descriptor) }
    return error
  }
}

extension sockaddr_in {
  fileprivate static let length = socklen_t(MemoryLayout<sockaddr_in>.size)

  fileprivate init(localPort port: Int) {
    self.init()
    sin_family = sa_family_t(AF_INET)
    sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    sin_port = UInt16(port).bigEndian
  }

  /// Lends the address in the form in which system calls take it and fill it in.
  fileprivate mutating func withGeneric<Result>(_ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result
  {
    withUnsafeMutablePointer(to: &self) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }
}
