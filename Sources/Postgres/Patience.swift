internal import CLibpq
import Synchronization

/// How long a silent server is waited for. A statement may rightly take hours without a byte, and TCP only notices a
/// host that is gone, not a server process that is stopped or stuck. So after a time of silence the server is asked over
/// a connection of its own whether it is there; when it doesn't answer twice in a row, the session is given up.
public struct Patience: Sendable, Equatable {
  /// Milliseconds of silence before the server is asked.
  let silence: Int32
  /// Seconds that it has for an answer.
  let answerTime: Int32
  fileprivate static let chances = 2

  /// - Parameter silence: how long a server may say nothing before it is asked. It has half as long for its answer, but at
  ///   least two seconds, which is libpq's own least
  ///   (https://www.postgresql.org/docs/16/libpq-connect.html#LIBPQ-CONNECT-CONNECT-TIMEOUT).
  public init(silence: Duration = .seconds(20)) {
    let seconds = min(max(silence / .seconds(1), 0.001), 86_400)
    self.silence = Int32(seconds * 1000)
    answerTime = max(2, Int32(seconds / 2))
  }
}

/// How often in a row a silent server has been asked in vain.
struct Inquiries {
  private var unanswered = 0

  /// - Throws: `PostgresError` of kind `connectionLost` when the server has had its chances.
  mutating func check(_ connection: borrowing Connection, doing operation: String) throws(PostgresError) {
    if Self.answers(connection.string, interrupt: connection.interrupt) {
      unanswered = 0
      return
    }
    guard connection.interrupt.stage < .cancelled else { return }
    unanswered += 1
    guard unanswered >= Patience.chances else { return }
    connection.isGivenUp.store(true, ordering: .relaxed)
    throw PostgresError(
      kind: .connectionLost, side: connection.side, operation: operation,
      message: "the server has stopped answering")
  }

  /// Any answer counts, a refusal too (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPING).
  private static func answers(_ string: ConnectionString, interrupt: Interrupt) -> Bool {
    let answer = Answer()
    let seconds = interrupt.patience.answerTime
    Errand.run(interrupt: interrupt, milliseconds: (seconds + 1) * 1000) {
      let status = withCStrings(["dbname", "connect_timeout"]) { keywords in
        withCStrings([string.secret, "\(seconds)"]) { values in PQpingParams(keywords, values, 1) }
      }
      answer.isThere.store(status == PQPING_OK || status == PQPING_REJECT, ordering: .releasing)
    }
    return answer.isThere.load(ordering: .acquiring)
  }

  private final class Answer: Sendable {
    let isThere = Atomic<Bool>(false)
  }
}
