internal import CLibpq
import Synchronization
import Waiting

/// Asks a silent server whether it is there (see `SilenceLimit`), and counts how often in a row it hasn't answered.
struct ServerSilence {
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
      kind: .connectionLost, side: connection.side, operation: operation, reason: .silent)
  }

  /// Any answer counts, a refusal too (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPING).
  private static func answers(_ string: ConnectionString, interrupt: Interrupt) -> Bool {
    let answer = Answer()
    let seconds = interrupt.silenceLimit.answerTime
    BlockingCall.run(interrupt: interrupt, milliseconds: (seconds + 1) * 1000) {
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
