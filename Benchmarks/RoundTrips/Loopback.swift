import Foundation

/// TCP on 127.0.0.1.
enum Loopback {
  /// A socket listening on a port that the system chooses.
  static func listen() throws -> Int32 {
    let descriptor = try make()
    let failed = withAddress(0) { bind(descriptor, $0, $1) != 0 } || Foundation.listen(descriptor, 128) != 0
    guard !failed else {
      close(descriptor)
      throw BenchmarkError("cannot listen: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  static func connect(_ port: Int) throws -> Int32 {
    let descriptor = try make()
    guard withAddress(port, { Foundation.connect(descriptor, $0, $1) == 0 }) else {
      close(descriptor)
      throw BenchmarkError("cannot connect: \(String(cString: strerror(errno)))")
    }
    sendAtOnce(descriptor)
    return descriptor
  }

  /// The port that a listening socket has got.
  static func port(of descriptor: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor, $0, &length)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Small messages must not wait for one another; the delay is to be the proxy's alone.
  static func sendAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Closed on exec: a contestant that held it would keep the other end waiting.
  private static func make() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw BenchmarkError("cannot make a socket: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  private static func withAddress<Result>(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
