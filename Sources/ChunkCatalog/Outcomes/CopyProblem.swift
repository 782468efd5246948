public import Postgres

/// Why a chunk that could be described wasn't copied, where it isn't a server that says so.
public enum CopyProblem: Error, Sendable {
  /// Rows of other tables would be deleted or changed by these foreign keys.
  case cascade(keys: String)
  case rowsLost(sent: Int64, taken: Int64, into: QualifiedName)
  /// The target would be left with much fewer rows than it has.
  case shrinking(rows: Int64, cleared: Int64)
  case notRestored(DeferredObject)
}
