public import Postgres
public import TimescaleDB

/// Which databases a run began with. Every session of it has to lead to them.
struct DatabaseIdentity: Sendable {
  /// nil for a run without one.
  let source: Fingerprint?
  let target: Fingerprint
  /// How far the source's write-ahead log was when it was staged; nil where that isn't known.
  let stagedPosition: WALPosition?

  /// Makes sure that a new session leads to the database that the run began with, and to one that can be worked with.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection, which may pass, where the target is a standby by now.
  func check(_ session: borrowing Connection) throws(PostgresError) {
    let side = session.side
    let found = try Fingerprint.find(on: session)
    if let known = side == .source ? source : target { try Self.refuseOther(found, than: known, side) }
    if side == .source { try refuseEarlierState(found) }
    guard side == .source || !found.isInRecovery else {
      throw PostgresError(
        kind: .connectionFailed, side: side, operation: "connecting again",
        reason: .objection(DatabaseObjection.isStandby))
    }
  }

  /// - Throws: `PostgresError` for a session that leads to another database than the run began with.
  static func refuseOther(
    _ found: Fingerprint, than known: Fingerprint, _ side: Side
  ) throws(PostgresError) {
    let differences = found.differences(from: known)
    guard differences.isEmpty else {
      throw PostgresError(
        kind: .unexpectedAnswer, side: side, operation: "connecting again",
        reason: .objection(DatabaseObjection.isAnother(differences)))
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
        reason: .objection(DatabaseObjection.lags(behind: needed)))
    }
    throw PostgresError(
      kind: .unexpectedAnswer, side: .source, operation: "looking at the write-ahead log",
      reason: .objection(DatabaseObjection.wentBack(to: position, from: needed)))
  }
}

/// Why a new session can't take the place of the one before.
public enum DatabaseObjection: SessionObjection {
  case isAnother([Fingerprint.Difference])
  /// The target takes no writes.
  case isStandby
  /// The source is a standby that hasn't replayed what was there at staging.
  case lags(behind: WALPosition)
  /// The source has lost what was there at staging.
  case wentBack(to: WALPosition, from: WALPosition)
}
