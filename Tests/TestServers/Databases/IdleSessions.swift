import CLibpq
import Foundation
import Synchronization

/// Sessions on shared servers that stay open from one statement of a test to the next. Opening one costs more than most
/// statements, and a run of the tests has tens of thousands of them.
///
/// Whoever gets one finds it as it was when it was new: with its role, the settings of then, and nothing prepared.
enum IdleSessions {
  /// A session's owner alone uses it: either this list or whoever has taken it from here.
  private struct Idle: @unchecked Sendable {
    let connectionString: String
    let session: SQLSession
  }

  /// The longest unused first.
  private static let idle = Mutex<[Idle]>([])
  /// On all servers together; cases that run at one time have three or so each.
  private static let limit = 40

  /// Runs `body` with a session that nobody else uses. One that has failed isn't used again.
  static func lend<Value>(_ connectionString: String, _ body: (SQLSession) throws -> Value) throws -> Value {
    let session = try take(connectionString) ?? SQLSession(connectionString: connectionString)
    let value = try body(session)
    if session.reset() {
      let surplus = idle.withLock { idle in
        idle.append(Idle(connectionString: connectionString, session: session))
        return idle.count > limit ? idle.removeFirst() : nil
      }
      withExtendedLifetime(surplus) {}
    }
    return value
  }

  /// Whether statements change what a session takes over when it begins.
  static func areOutdated(by sql: String) -> Bool {
    ["DATABASE", "ROLE", "EXTENSION", "SYSTEM"].contains { sql.contains("ALTER \($0)") }
  }

  /// Ends those to a database that has to be alone, or that would go on with settings of before.
  ///
  /// - Parameter isMeant: by its connection string.
  static func close(where isMeant: (String) -> Bool) {
    let closed = idle.withLock { idle in
      let closed = idle.filter { isMeant($0.connectionString) }
      idle.removeAll { isMeant($0.connectionString) }
      return closed
    }
    withExtendedLifetime(closed) {}
  }

  private static func take(_ connectionString: String) -> SQLSession? {
    while true {
      let found = idle.withLock { idle in
        idle.lastIndex { $0.connectionString == connectionString }.map { idle.remove(at: $0) }
      }
      guard let found else { return nil }
      if found.session.isOpen { return found.session }
    }
  }
}

extension TestCluster {
  /// Runs `body` with a session, which on a shared server may have been used before.
  func lend<Value>(_ connectionString: String, _ body: (SQLSession) throws -> Value) throws -> Value {
    guard isShared else { return try body(SQLSession(connectionString: connectionString)) }
    do {
      return try IdleSessions.lend(connectionString, body)
    } catch let error as HarnessError where error.description.contains("terminated abnormally") {
      // Nobody can look for the reason later.
      throw HarnessError("\(error)\nThe server's log ends with:\n\(log().suffix(4000))")
    }
  }
}

extension SQLSession {
  /// Whether the server hasn't ended it meanwhile, of which it would have sent word.
  fileprivate var isOpen: Bool {
    var wanted = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 0) == 0
  }

  /// Makes it as it was when it began.
  ///
  /// - Returns: whether it is.
  fileprivate func reset() -> Bool {
    guard PQtransactionStatus(connection) == PQTRANS_IDLE else { return false }
    return (try? execute("DISCARD ALL")) != nil
  }
}
