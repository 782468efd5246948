/// Finds the statements that a server has completed in what it sends, by the frontend/backend protocol
/// (https://www.postgresql.org/docs/current/protocol-message-formats.html): CommandComplete ends each of
/// them.
struct AnswerReader {
  /// Whether the next byte answers SSLRequest or GSSENCRequest, and so is no message.
  var expectsBareByte = false
  private var header: [UInt8] = []
  private var left = 0

  /// - Returns: how many statements were completed.
  mutating func read(_ bytes: ArraySlice<UInt8>) -> Int {
    var completed = 0
    var rest = bytes
    while let first = rest.first {
      if expectsBareByte {
        expectsBareByte = false
        rest.removeFirst()
      } else if left > 0 {
        let skipped = min(left, rest.count)
        rest.removeFirst(skipped)
        left -= skipped
      } else {
        header.append(first)
        rest.removeFirst()
        guard header.count == 5 else { continue }
        // The length counts itself.
        left = max(0, header.dropFirst().reduce(0) { $0 << 8 | Int($1) } - 4)
        if header[0] == UInt8(ascii: "C") { completed += 1 }
        header.removeAll(keepingCapacity: true)
      }
    }
    return completed
  }

  /// Whether a client's first message asks for encryption, which these servers refuse with one byte.
  static func asksForEncryption(_ message: ArraySlice<UInt8>) -> Bool {
    guard message.count == 8 else { return false }
    let code = message.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    return code == 80_877_103 || code == 80_877_104
  }
}
