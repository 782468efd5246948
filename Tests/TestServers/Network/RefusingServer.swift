import Foundation

/// Speaks just enough of PostgreSQL's protocol on a port of 127.0.0.1 to refuse whoever calls, in any language
/// (https://www.postgresql.org/docs/current/protocol-error-fields.html).
public final class RefusingServer: Sendable {
  public let port: Int
  private let descriptor: Int32

  /// - Parameter fields: of the ErrorResponse, by their one-character codes.
  /// - Throws: `HarnessError`.
  public init(fields: [Character: String]) throws {
    (descriptor, port) = try Loopback.listen()
    let body: [UInt8] = fields.map { Array("\($0.key)\($0.value)\0".utf8) }.joined() + [0]
    let length = withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) }
    let refusal = [UInt8(ascii: "E")] + length + body
    let descriptor = descriptor
    Thread.detachNewThread {
      while true {
        let caller = accept(descriptor, nil, nil)
        guard caller >= 0 else { return }
        Self.answer(caller, refusal)
        close(caller)
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// Requests for encryption are answered with N, what comes then with the refusal.
  private static func answer(_ caller: Int32, _ refusal: [UInt8]) {
    var request = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(caller, &request, request.count)
      guard count > 0 else { return }
      let asksForEncryption = count == 8 && request[4] == 0x04 && request[5] == 0xD2
      let answer = asksForEncryption ? [UInt8(ascii: "N")] : refusal
      _ = write(caller, answer, answer.count)
      if !asksForEncryption { return }
    }
  }
}
