extension Connection {
  /// Runs `body` in a transaction and commits it.
  ///
  /// - Throws: what `body` throws, after rolling back; `PostgresError`.
  public borrowing func transact(doing operation: String, _ body: () throws -> Void) throws {
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
  /// - Parameter isTolerable: whether the transaction may go on without them.
  /// - Returns: why the server refuses them, after undoing them; nil when they are done.
  /// - Throws: `PostgresError` for all that concerns more than them.
  public borrowing func attempt(
    _ statements: SQL, doing operation: String,
    isTolerable: (PostgresError) -> Bool = { !$0.isTransient }
  ) throws(PostgresError) -> PostgresError? {
    let savepoint = Savepoint("attempt")
    do throws(PostgresError) {
      try execute(savepoint.setting + statements + savepoint.release, doing: operation)
      return nil
    } catch {
      guard error.kind == .refusedByServer, isTolerable(error), isUsable else { throw error }
      try execute(savepoint.undoing + savepoint.release, doing: operation)
      return error
    }
  }
}
