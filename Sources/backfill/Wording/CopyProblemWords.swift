import ChunkCatalog
import Postgres

extension CopyProblem {
  var words: Words { Words(reason, hint: advice) }

  private var reason: String {
    switch self {
    case .cascade(let keys):
      "replacing rows would delete or change rows that refer to them by foreign key \(keys)"
    case .rowsLost(let sent, let taken, let relation):
      "the source sent \(sent) rows, but \(taken) arrived in \(relation) on the target"
    case .shrinking(let rows, let cleared):
      "the source has \(rows) rows in this range, and the target has \(cleared), which would be replaced"
    case .notRestored(let lost):
      "\(lost.phrase) was put off until the chunk's last part, and cannot be created again: the hypertable no longer has one like it"
    }
  }

  private var advice: String {
    switch self {
    case .cascade: "drop the foreign key until the migration is complete, or give copy --disable-triggers"
    case .rowsLost:
      "a row trigger of the target leaves rows out; drop it until the migration is complete, or give copy --disable-triggers"
    case .shrinking:
      "check that --source and --target are not exchanged; if the source has really lost these rows, give copy --allow-shrinking"
    case .notRestored(let lost):
      "if it is still wanted, run: \(lost.statementByHand); if not: \(lost.forgetting.text.collapsed); then run copy again"
    }
  }
}

extension String {
  /// On one line.
  fileprivate var collapsed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
