import Postgres
import TimescaleDB

/// A statement of the source's dump that the target is to run.
struct PlannedStatement: Sendable {
  var statement: ScriptStatement
  /// What it is for, where a managed target may refuse it and nothing depends on it; nil where all does.
  var refusable: RefusedStatement?
}

extension Connection {
  /// Runs `body` in a transaction and commits it.
  ///
  /// - Throws: what `body` throws, after rolling back; `PostgresError`.
  borrowing func transact(doing operation: String, _ body: () throws -> Void) throws {
    try execute("BEGIN", doing: operation)
    do {
      try body()
      try execute("COMMIT", doing: operation)
    } catch {
      rollBack()
      throw error
    }
  }
}
