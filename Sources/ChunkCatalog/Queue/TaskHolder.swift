public import Postgres
public import Waiting

/// A task that isn't done.
public struct OpenTask: Sendable {
  public let priority: Int64
  public let chunk: QualifiedName
}

/// Who has a task's row locked, so that no worker can claim it.
public struct TaskHolder: Sendable {
  public enum Standing: Sendable {
    /// A session that the asking run has lost, and the server doesn't know yet.
    case lost
    /// A worker of another run, which is alive: the task is in good hands.
    case living
    case other
  }

  public let standing: Standing
  /// Who it is, for a person.
  public let description: String

  /// Milliseconds that are waited for the row, in which it has to turn out for whom.
  private static let patience: Int64 = 2000

  /// Asks who has a task locked, by waiting for it in one session and looking from another at what the first waits for.
  ///
  /// - Parameters:
  ///   - run: the run that asks, whose own sessions are no other's.
  ///   - prober: takes the row's lock for a moment where it is free.
  ///   - observer: looks at `prober`.
  /// - Returns: nil when nobody has it.
  /// - Throws: `PostgresError`.
  public static func find(
    of task: OpenTask, run: String, prober: borrowing Connection, observer: borrowing Connection,
    interrupt: Interrupt
  ) throws(PostgresError) -> TaskHolder? {
    let operation = "looking for who has a task locked"
    let pid =
      try prober.query("SELECT pg_backend_pid()", doing: operation) { row throws(PostgresError) in
        try row.integer(0)
      }.first ?? 0
    try prober.send(
      """
      BEGIN; SET LOCAL lock_timeout = \(patience);
      SELECT FROM __backfill.task WHERE priority = \(task.priority) FOR NO KEY UPDATE; ROLLBACK
      """, doing: operation)
    let holder = try observed(pid, run: run, observer: observer, interrupt: interrupt)
    if holder != nil { prober.cancelStatement() }
    do throws(PostgresError) {
      try prober.drain(doing: operation)
      return holder
    } catch {
      guard error.kind == .refusedByServer else { throw error }
      prober.rollBack()
      return holder ?? TaskHolder(standing: .other, description: "a session that could not be found")
    }
  }

  /// - Returns: nil when the session waits for nobody any more.
  private static func observed(
    _ pid: Int64, run: String, observer: borrowing Connection, interrupt: Interrupt
  ) throws(PostgresError) -> TaskHolder? {
    let deadline = ContinuousClock.now + .milliseconds(patience)
    while ContinuousClock.now < deadline {
      let looks = try observer.query(look(at: pid, run: run), doing: "looking for who has a task locked") {
        row throws(PostgresError) in
        (
          isWaiting: try row.flag(0),
          holder: row.optionalText(1).map {
            TaskHolder(
              standing: row.optionalText(2) == "t" ? .lost : row.optionalText(3) == "t" ? .living : .other,
              description: $0)
          }
        )
      }
      guard let look = looks.first else { return nil }
      if let holder = look.holder { return holder }
      guard look.isWaiting else { return nil }
      // It is on its way to the lock, or second in line: then who is first has nothing to do with the task.
      interrupt.sleep(.milliseconds(10))
    }
    return nil
  }

  /// Whether the session is still at its statement, for whom it waits, and which run that belongs to. A transaction
  /// that is waited for is a session's, or a prepared one, which has none.
  private static func look(at pid: Int64, run: String) -> SQL {
    """
    SELECT NOT (s.state = 'idle' AND s.query LIKE '%FOR NO KEY UPDATE; ROLLBACK'), h.description, h.is_lost, h.is_living
    FROM pg_stat_activity AS s LEFT JOIN LATERAL (
      SELECT concat_ws(' ', '"' || coalesce(nullif(a.application_name, ''), 'a session') || '"',
          'of ' || a.usename, 'from ' || coalesce(host(a.client_addr), 'this host'),
          '(server process ' || a.pid || ')', 'in a transaction since '
            || to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS "UTC"')) AS description,
        \(RunLock.isOf(run, "a.pid")) AS is_lost, \(RunLock.isOfLivingRun("a.pid")) AS is_living
      FROM pg_locks AS w
      JOIN pg_stat_activity AS a ON a.pid = ANY (CASE
        WHEN w.locktype = 'transactionid' THEN ARRAY(
          SELECT l.pid FROM pg_locks AS l
          WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = w.transactionid)
        WHEN w.locktype <> 'tuple' THEN pg_blocking_pids(w.pid) END)
      WHERE w.pid = s.pid AND NOT w.granted
      UNION ALL
      SELECT concat_ws(' ', 'the prepared transaction ' || quote_literal(p.gid), 'of ' || p.owner,
        'since ' || to_char(p.prepared, 'YYYY-MM-DD HH24:MI:SS "UTC"')), false, false
      FROM pg_locks AS w JOIN pg_prepared_xacts AS p ON p.transaction = w.transactionid
      WHERE w.pid = s.pid AND NOT w.granted
      LIMIT 1) AS h ON true
    WHERE s.pid = \(pid)
    """
  }
}
