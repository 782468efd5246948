public import Postgres

/// Why a chunk that could be described wasn't copied, where it isn't a server that says so.
public enum CopyProblem: Error, Sendable {
  /// Rows of other tables would be deleted or changed by these foreign keys.
  case cascade(keys: String)
  case rowsLost(sent: Int64, taken: Int64, into: QualifiedName)
  /// The target would be left with much fewer rows than it has.
  case shrinking(rows: Int64, cleared: Int64)
  case notRestored(DeferredObject)

  /// Whether rows that replace others are fewer than a tenth of them, or none. Of rows that the application wrote to both
  /// sides the source has all, so an honest copy never leaves the target with much less than it had. Where it would, source
  /// and target are exchanged, or the source has lost its rows.
  public static func isShrinking(from present: Int64, to arriving: Int64) -> Bool {
    arriving < present / 10 + (present % 10 > 0 ? 1 : 0)
  }
}
