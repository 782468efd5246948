public import Postgres
public import Waiting

/// A task that isn't done.
public struct OpenTask: Sendable {
  public let priority: Int64
  public let chunk: QualifiedName
}

/// Who has a task's row locked, so that no worker can claim it.
public struct TaskHolder: Sendable {
  public enum Standing: String, Sendable {
    /// A session that the asking run has lost, and the server doesn't know yet.
    case lost
    /// A worker of another run, which is alive: the task is in good hands.
    case living
    case other
  }

  public let standing: Standing
  /// With when its transaction began.
  public let owner: LockOwner

  /// Milliseconds that are waited for the row, in which it has to turn out for whom.
  private static let patience: Int64 = 2000

  private init(standing: Standing, owner: LockOwner) {
    self.standing = standing
    self.owner = owner
  }

  /// nil where there is nobody in the row.
  private init?(_ row: Row) throws(PostgresError) {
    guard let standing = Standing(rawValue: try row.optionalText("standing") ?? "") else { return nil }
    self.standing = standing
    if let name = try row.optionalText("prepared") {
      owner = .preparedTransaction(
        name: name, role: try row.text("role"), since: try row.optionalTimestamp("since"))
    } else {
      owner = .session(try ServerSession(row))
    }
  }

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
      try prober.query("SELECT pg_backend_pid() AS pid", doing: operation) { row throws(PostgresError) in
        try row.integer("pid")
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
      return holder ?? TaskHolder(standing: .other, owner: .unknown)
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
        (isWaiting: try row.flag("is_waiting"), holder: try TaskHolder(row))
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
    SELECT NOT (s.state = 'idle' AND s.query LIKE '%FOR NO KEY UPDATE; ROLLBACK') AS is_waiting, h.*
    FROM pg_stat_activity AS s LEFT JOIN LATERAL (
      SELECT CASE WHEN \(RunLock.isOf(run, "a.pid")) THEN 'lost' WHEN \(RunLock.isOfLivingRun("a.pid")) THEN 'living'
          ELSE 'other' END AS standing, NULL AS prepared,
        \(ServerSession.columns(of: "a", process: "a.pid", since: "a.xact_start"))
      FROM pg_locks AS w
      JOIN pg_stat_activity AS a ON a.pid = ANY (CASE
        WHEN w.locktype = 'transactionid' THEN ARRAY(
          SELECT l.pid FROM pg_locks AS l
          WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = w.transactionid)
        WHEN w.locktype <> 'tuple' THEN pg_blocking_pids(w.pid) END)
      WHERE w.pid = s.pid AND NOT w.granted
      UNION ALL
      SELECT 'other', p.gid, NULL, p.owner, NULL, NULL, \(Timestamp.reading("p.prepared")), NULL
      FROM pg_locks AS w JOIN pg_prepared_xacts AS p ON p.transaction = w.transactionid
      WHERE w.pid = s.pid AND NOT w.granted
      LIMIT 1) AS h ON true
    WHERE s.pid = \(pid)
    """
  }
}
