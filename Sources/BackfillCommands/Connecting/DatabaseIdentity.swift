import Postgres
import TimescaleDB

/// Which databases a run began with. Every session of it has to lead to them.
struct DatabaseIdentity: Sendable {
  let source: Fingerprint
  let target: Fingerprint
  /// How far the source's write-ahead log was when it was staged; nil where that isn't known.
  let stagedPosition: WALPosition?

  /// Makes sure that a new session leads to the database that the run began with, and to one that can be worked with.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection, which may pass, where the target is a standby by now.
  func check(_ session: borrowing Connection) throws(PostgresError) {
    let side = session.side
    let found = try Fingerprint.find(on: session)
    let differences = found.differences(from: side == .source ? source : target)
    guard differences.isEmpty else {
      let facts = differences.map {
        "\($0.key.label) was \($0.earlier)" + ($0.now.map { " and is \($0)" } ?? "")
      }
      throw PostgresError(
        kind: .unexpectedAnswer, side: side, operation: "connecting again",
        message: "this is not the database that the run began with: \(facts.joined(separator: "; "))")
    }
    if side == .source { try refuseEarlierState(found) }
    guard side == .source || !found.isInRecovery else {
      throw PostgresError(
        kind: .connectionFailed, side: side, operation: "connecting again",
        message: "this server is a standby, which takes no writes")
    }
  }

  /// A source that doesn't know yet, or no more, what it knew when it was staged: chunks would be missing from it, and
  /// count as gone.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection where the server is about to catch up.
  private func refuseEarlierState(_ found: Fingerprint) throws(PostgresError) {
    guard let needed = stagedPosition, let position = found.position, position < needed else { return }
    guard !found.isInRecovery else {
      throw PostgresError(
        kind: .connectionFailed, side: .source, operation: "looking at the write-ahead log",
        message: "this standby has not replayed all that was there at staging, which ended at \(needed)")
    }
    var error = PostgresError(
      kind: .unexpectedAnswer, side: .source, operation: "looking at the write-ahead log",
      message: "this server is at \(position), behind the \(needed) it had at staging")
    error.hint =
      "it was restored from a backup, or promoted without the last transactions: connect to the right server, or run "
      + "clean and stage again"
    throw error
  }
}
