import Synchronization

/// Numbers the statements that clients send through a proxy, and says what becomes of each.
public final class StatementWatch: Sendable {
  /// What becomes of a statement.
  public enum Fate: Sendable {
    case passes
    /// The connection is cut, and the server never gets the statement.
    case cutBefore
    /// The server gets the statement and acts on it, and the connection is cut before the answer.
    case cutAfter
    /// The statement passes, and then this is called, with the port by which the server knows the client.
    case followed(by: @Sendable (_ clientPort: Int) -> Void)
  }

  private let ignored: [String]
  private let decide: @Sendable (_ number: Int, _ text: String) -> Fate
  private let seen = Mutex<[String]>([])

  /// - Parameters:
  ///   - ignored: statements with one of these texts in them aren't numbered: those that come by the clock.
  ///   - decide: called before a statement goes on, on its connection's thread; the statement waits for it.
  public init(
    ignoring ignored: [String], _ decide: @escaping @Sendable (_ number: Int, _ text: String) -> Fate
  ) {
    self.ignored = ignored
    self.decide = decide
  }

  /// The statements so far, in the order of their numbers, which begin with 0.
  public var statements: [String] { seen.withLock { $0 } }

  func fate(of text: String) -> Fate {
    if ignored.contains(where: text.contains) { return .passes }
    let number = seen.withLock { seen in
      seen.append(text)
      return seen.count - 1
    }
    return decide(number, text)
  }
}

/// Takes what a client sends apart into PostgreSQL's messages,
/// https://www.postgresql.org/docs/current/protocol-message-formats.html
struct ClientMessages {
  private var isStarted = false
  private var waiting: [UInt8] = []
  private var toSkip = 0

  /// - Returns: the simple queries that are complete with these bytes.
  mutating func queries(in bytes: ArraySlice<UInt8>) -> [String] {
    var found: [String] = []
    waiting += bytes
    while true {
      if toSkip > 0 {
        let skipped = min(toSkip, waiting.count)
        waiting.removeFirst(skipped)
        toSkip -= skipped
        if toSkip > 0 { return found }
      }
      let head = isStarted ? 5 : 8
      guard waiting.count >= head else { return found }
      let length = Int(number(at: isStarted ? 1 : 0))
      if !isStarted {
        // What asks for encryption is answered with one byte, and followed by the start itself.
        if number(at: 4) >> 16 == 3 { isStarted = true }
        toSkip = length
      } else if waiting[0] == UInt8(ascii: "Q") {
        guard waiting.count >= length + 1 else { return found }
        found.append(String(decoding: waiting[5..<length], as: UTF8.self))
        toSkip = length + 1
      } else {
        toSkip = length + 1
      }
    }
  }

  private func number(at index: Int) -> UInt32 {
    waiting[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
