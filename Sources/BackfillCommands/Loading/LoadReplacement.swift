import ChunkCatalog
import Postgres

/// `--replace`: the target's rows in the window go before any are loaded, once in a load's life.
struct LoadReplacement {
  let plan: LoadPlan
  let transaction: LoadTransaction
  let retry: LockRetry

  /// - Returns: how many rows went; nil where that was done before.
  /// - Throws: `CommandFailure`; `PostgresError`.
  func perform(on session: borrowing Connection) throws -> Int64? {
    let operation = "removing the rows that are replaced"
    let isOurs = try retry.transact(on: session, locking: [plan.table.name], doing: operation) {
      session, opening, _ throws(PostgresError) -> (isOurs: Bool, rows: Int64?) in
      try session.execute(opening, doing: operation)
      // Locked until the end: nobody loads meanwhile, and nobody else does this.
      let found = try session.query(
        """
        SELECT replaced IS NOT NULL OR EXISTS (SELECT FROM __backfill.load_batch AS b WHERE b.load = l.id) AS is_done
        FROM __backfill.load AS l
        WHERE id = \(transaction.load) AND run = \(transaction.run) AND \(transaction.isSameTable) FOR UPDATE
        """, doing: operation
      ) { row throws(PostgresError) in try row.flag("is_done") }
      guard let isDone = found.first else { return (false, nil) }
      guard !isDone else { return (true, nil) }
      var rows: Int64 = 0
      try session.send(plan.deletion, doing: operation)
      try session.drain(doing: operation) { result throws(PostgresError) in rows = result.affectedRows }
      try session.execute(
        """
        UPDATE __backfill.load SET replaced = clock_timestamp(), replaced_rows = \(rows) WHERE id = \(transaction.load)
        """, doing: operation)
      return (true, rows)
    }
    guard isOurs.isOurs else { throw CommandFailure.failed(.load(.table(.changed(plan.table.name)))) }
    return isOurs.rows
  }
}
