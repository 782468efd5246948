internal import CLibpq
import Synchronization
import Waiting

/// How long a silent server is waited for. A statement may rightly take hours without a byte, and TCP only notices a
/// host that is gone, not a server process that is stopped or stuck. So after a time of silence the server is asked over
/// a connection of its own whether it is there; when it doesn't answer twice in a row, the session is given up.
struct ServerSilence {
  /// Milliseconds of silence before the server is asked.
  static let limit: Int32 = 20_000
  /// Seconds that it has for an answer.
  private static let answerTime = 10
  private static let chances = 2

  private var unanswered = 0

  /// - Throws: `PostgresError` of kind `connectionLost` when the server has had its chances.
  mutating func check(_ connection: borrowing Connection, doing operation: String) throws(PostgresError) {
    if Self.answers(connection.string, interrupt: connection.interrupt) {
      unanswered = 0
      return
    }
    guard connection.interrupt.stage < .cancelled else { return }
    unanswered += 1
    guard unanswered >= Self.chances else { return }
    connection.isGivenUp.store(true, ordering: .relaxed)
    throw PostgresError(
      kind: .connectionLost, side: connection.side, operation: operation,
      message: "the server has stopped answering")
  }

  /// Any answer counts, a refusal too (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPING).
  private static func answers(_ string: ConnectionString, interrupt: Interrupt) -> Bool {
    let answer = Answer()
    Errand.run(interrupt: interrupt, milliseconds: Int32(answerTime + 1) * 1000) {
      let status = withCStrings(["dbname", "connect_timeout"]) { keywords in
        withCStrings([string.secret, "\(answerTime)"]) { values in PQpingParams(keywords, values, 1) }
      }
      answer.isThere.store(status == PQPING_OK || status == PQPING_REJECT, ordering: .releasing)
    }
    return answer.isThere.load(ordering: .acquiring)
  }

  private final class Answer: Sendable {
    let isThere = Atomic<Bool>(false)
  }
}
