internal import ChunkCatalog
internal import Postgres
internal import TaskEngine

/// Why a chunk that could be described wasn't copied, where it isn't a server that says so.
enum CopyProblem {
  /// Rows of other tables would be deleted or changed by these foreign keys.
  case cascade(keys: String)
  case rowsLost(sent: Int64, taken: Int64, into: QualifiedName)
  /// The target would be left with much fewer rows than it has.
  case shrinking(rows: Int64, cleared: Int64)
  case notRestored(DeferredObject)
}

extension TaskFailure {
  init(_ problem: CopyProblem) { self.init(problem.reason, advice: problem.advice) }
}

/// The words of these problems, which the queue stores in `last_error`.
extension CopyProblem {
  fileprivate var reason: String {
    switch self {
    case .cascade(let keys):
      "replacing rows would delete or change rows that refer to them by foreign key \(keys)"
    case .rowsLost(let sent, let taken, let relation):
      "the source sent \(sent) rows, but \(taken) arrived in \(relation) on the target"
    case .shrinking(let rows, let cleared):
      "the source has \(rows) rows in this range, and the target has \(cleared), which would be replaced"
    case .notRestored(let lost):
      "\(lost.name) was put off until the chunk's last part, and cannot be created again: the hypertable no longer has one like it"
    }
  }

  fileprivate var advice: String {
    switch self {
    case .cascade: "drop the foreign key until the migration is complete, or give copy --disable-triggers"
    case .rowsLost:
      "a row trigger of the target leaves rows out; drop it until the migration is complete, or give copy --disable-triggers"
    case .shrinking:
      "check that --source and --target are not exchanged; if the source has really lost these rows, give copy --allow-shrinking"
    case .notRestored(let lost):
      "if it is still wanted, run: \(lost.byHand); if not: \(lost.forgetting.text.collapsed); then run copy again"
    }
  }
}

extension String {
  /// On one line.
  fileprivate var collapsed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
