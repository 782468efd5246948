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

  /// Runs statements in an open transaction.
  ///
  /// - Returns: why the server refuses them, after undoing them; nil when they are done.
  /// - Throws: `PostgresError` for all that concerns more than them.
  borrowing func attempt(_ statements: SQL, doing operation: String) throws(PostgresError) -> PostgresError? {
    let savepoint = Savepoint("attempt")
    do throws(PostgresError) {
      try execute(savepoint.setting + statements + savepoint.release, doing: operation)
      return nil
    } catch {
      guard error.kind == .refusedByServer, !error.isTransient, isUsable else { throw error }
      try execute(savepoint.undoing + savepoint.release, doing: operation)
      return error
    }
  }
}
