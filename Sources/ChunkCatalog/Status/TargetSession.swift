public import Postgres

/// A session on the target that has to do with the queue: one of a run, one that has tasks locked, or one for whom a
/// session of a run waits.
public struct TargetSession: Sendable {
  public var process: Int64
  /// nil where the server doesn't tell, as of its own background processes.
  public var application: String?
  public var user: String?
  /// nil for a local one.
  public var host: String?
  public var started: Timestamp?
  public var transactionStarted: Timestamp?
  public var queryStarted: Timestamp?
  /// As pg_stat_activity has it, such as "idle in transaction"; nil where the role may not see it.
  public var state: String?
  public var waitEvent: String?
  /// Tells the run, which all of its sessions share; nil for a session that isn't one of `copy` or `verify`.
  public var mark: Int64?
  /// The session has the queue's lock: the command is going on.
  public var queueLock: RunLock.Mode?
  /// Its transaction's ids, subtransactions' included, by which it is told which rows it has locked.
  public var transactions: Set<String>
  public var wait: Wait?
  public var copy: Copy?
  public var index: Index?

  /// A lock that it waits for.
  public struct Wait: Sendable, Equatable {
    /// As a phrase: `lock on public.readings`.
    public var lock: String
    public var since: Timestamp?
    /// The processes for whom it waits; 0 is a prepared transaction.
    public var blockers: [Int64]

    public init(lock: String, since: Timestamp?, blockers: [Int64]) {
      self.lock = lock
      self.since = since
      self.blockers = blockers
    }
  }

  /// A COPY that it is loading.
  public struct Copy: Sendable, Equatable {
    public var rows: Int64
    public var bytes: Int64

    public init(rows: Int64, bytes: Int64) {
      self.rows = rows
      self.bytes = bytes
    }
  }

  /// An index that it is building.
  public struct Index: Sendable, Equatable {
    public var relation: String
    /// As pg_stat_progress_create_index has it.
    public var phase: String

    public init(relation: String, phase: String) {
      self.relation = relation
      self.phase = phase
    }
  }

  public init(
    process: Int64, application: String? = nil, user: String? = nil, host: String? = nil,
    started: Timestamp? = nil, transactionStarted: Timestamp? = nil, queryStarted: Timestamp? = nil,
    state: String? = nil, waitEvent: String? = nil, mark: Int64? = nil, queueLock: RunLock.Mode? = nil,
    transactions: Set<String> = [], wait: Wait? = nil, copy: Copy? = nil, index: Index? = nil
  ) {
    self.process = process
    self.application = application
    self.user = user
    self.host = host
    self.started = started
    self.transactionStarted = transactionStarted
    self.queryStarted = queryStarted
    self.state = state
    self.waitEvent = waitEvent
    self.mark = mark
    self.queueLock = queueLock
    self.transactions = transactions
    self.wait = wait
    self.copy = copy
    self.index = index
  }

  /// What a command calls its sessions, such as "copy"; nil for sessions of others.
  public var command: String? { application.flatMap(ApplicationName.purpose) }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [TargetSession] {
    try target.nextRows(doing: "looking at sessions") { row throws(PostgresError) in
      let lock = try row.optionalText("awaited_lock")
      let since = try row.optionalTimestamp("wait_start")
      let blockers = try row.integers("blockers")
      let copyBytes = try row.optionalInteger("copy_bytes")
      let copyRows = try row.optionalInteger("copy_rows")
      let indexed = try row.optionalText("indexed_relation")
      let phase = try row.optionalText("index_phase")
      let mode = try row.optionalText("queue_mode")
      return TargetSession(
        process: try row.integer("pid"), application: try row.optionalText("application_name"),
        user: try row.optionalText("usename"), host: try row.optionalText("host"),
        started: try row.optionalTimestamp("backend_start"),
        transactionStarted: try row.optionalTimestamp("xact_start"),
        queryStarted: try row.optionalTimestamp("query_start"), state: try row.optionalText("state"),
        waitEvent: try row.optionalText("wait_event"), mark: try row.optionalInteger("mark"),
        queueLock: mode.map { $0 == "ShareLock" ? .shared : .exclusive },
        transactions: Set(try row.texts("transactions")),
        wait: lock.map { Wait(lock: $0, since: since, blockers: blockers) },
        copy: copyBytes.map { Copy(rows: copyRows ?? 0, bytes: $0) },
        index: indexed.map { Index(relation: $0, phase: phase ?? "") })
    }
  }

  /// Reads pg_locks once, as that holds up the lock manager for a moment, and asks for whom only those wait that do.
  /// Locks are everybody's to see, so who waits doesn't rest on pg_stat_activity, which hides what other roles do.
  static let question: SQL = """
    WITH locks AS MATERIALIZED (
      SELECT * FROM pg_locks WHERE pid IS DISTINCT FROM pg_backend_pid() AND (locktype = 'transactionid'
        OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    ), marks AS (
      SELECT pid, max(objid::bigint) AS mark FROM locks WHERE \(RunLock.isMark("locks")) GROUP BY pid
    ), queue AS (
      SELECT pid, min(mode) AS mode FROM locks WHERE \(RunLock.isQueueLock("locks")) GROUP BY pid
    ), ours AS (
      SELECT pid FROM marks UNION SELECT pid FROM queue
    ), takers AS (
      SELECT pid FROM locks WHERE granted AND mode <> 'AccessShareLock' AND relation = (
        SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = '__backfill' AND c.relname = 'task')
    ), waits AS MATERIALIZED (
      SELECT l.pid, coalesce('lock on ' || l.relation::regclass::text, format('lock (%s)', l.locktype)) AS lock,
        l.waitstart, pg_blocking_pids(l.pid) AS blockers
      FROM locks AS l JOIN ours USING (pid) WHERE NOT l.granted
    )
    SELECT p.pid, a.application_name, a.usename, host(a.client_addr) AS host, a.state, a.wait_event,
      \(Timestamp.reading("a.backend_start")) AS backend_start, \(Timestamp.reading("a.xact_start")) AS xact_start,
      \(Timestamp.reading("a.query_start")) AS query_start, marks.mark, queue.mode AS queue_mode,
      ARRAY(SELECT transactionid::text FROM locks WHERE locktype = 'transactionid' AND granted AND locks.pid = p.pid)
        AS transactions,
      w.lock AS awaited_lock, \(Timestamp.reading("w.waitstart")) AS wait_start, w.blockers,
      c.bytes_processed AS copy_bytes, c.tuples_processed AS copy_rows,
      i.relid::regclass::text AS indexed_relation, i.phase AS index_phase
    FROM (SELECT pid FROM ours UNION SELECT pid FROM takers UNION SELECT unnest(blockers) FROM waits) AS p
    LEFT JOIN pg_stat_activity AS a ON a.pid = p.pid
    LEFT JOIN marks ON marks.pid = p.pid
    LEFT JOIN queue ON queue.pid = p.pid
    LEFT JOIN LATERAL (SELECT * FROM waits WHERE waits.pid = p.pid LIMIT 1) AS w ON true
    LEFT JOIN pg_stat_progress_copy AS c ON c.pid = p.pid AND c.command = 'COPY FROM'
    LEFT JOIN pg_stat_progress_create_index AS i ON i.pid = p.pid
    WHERE p.pid > 0
    ORDER BY p.pid;
    """
}

/// A transaction that was prepared and not ended: it has its locks, and no session.
public struct PreparedTransaction: Sendable, Equatable {
  public var name: String
  public var owner: String
  public var prepared: Timestamp?
  public var transaction: String

  public init(name: String, owner: String, prepared: Timestamp?, transaction: String) {
    self.name = name
    self.owner = owner
    self.prepared = prepared
    self.transaction = transaction
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [PreparedTransaction] {
    try target.nextRows(doing: "looking at prepared transactions") { row throws(PostgresError) in
      PreparedTransaction(
        name: try row.text("gid"), owner: try row.text("owner"),
        prepared: try row.optionalTimestamp("prepared"), transaction: try row.text("transaction"))
    }
  }

  static let question: SQL = """
    SELECT gid, owner, \(Timestamp.reading("prepared")) AS prepared, transaction::text AS transaction
    FROM pg_prepared_xacts WHERE database = current_database();
    """
}
