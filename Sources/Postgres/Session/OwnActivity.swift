/// What sessions of this program are held up by, or busy with, as the server sees it.
public struct OwnActivity: Sendable {
  /// A session that waits for a lock, and one that keeps it from it.
  public struct Wait: Sendable {
    /// The server's process that waits.
    public var process: Int64
    public var holder: LockHolder
    /// The holder is a session of this program too.
    public var isAmongUs: Bool

    public init(process: Int64, holder: LockHolder, isAmongUs: Bool) {
      self.process = process
      self.holder = holder
      self.isAmongUs = isAmongUs
    }
  }

  /// A session that builds an index.
  public struct IndexBuild: Sendable {
    public var process: Int64
    /// Which one of its transaction this is, counted from 1.
    public var number: Int

    public init(process: Int64, number: Int) {
      self.process = process
      self.number = number
    }
  }

  public var waits: [Wait]
  public var builds: [IndexBuild]

  public init(waits: [Wait] = [], builds: [IndexBuild] = []) {
    self.waits = waits
    self.builds = builds
  }

  /// Each session of others that keeps one of this program from a lock, once.
  public var strangers: [LockHolder] {
    var known: Set<Int64> = []
    return waits.filter { !$0.isAmongUs && known.insert($0.holder.session.process).inserted }.map(\.holder)
  }

  /// Asks from another session than those, of the same role, by one message.
  ///
  /// - Throws: `PostgresError`.
  public static func look(on connection: borrowing Connection) throws(PostgresError) -> OwnActivity {
    let operation = "asking what sessions are doing"
    try connection.send(waits + builds, doing: operation)
    let waiting = try connection.nextRows(doing: operation) { row throws(PostgresError) in
      Wait(
        process: try row.integer("waiting"), holder: try LockHolder(row),
        isAmongUs: try row.flag("is_among_us"))
    }
    let building = try connection.rows(doing: operation) { row throws(PostgresError) in
      IndexBuild(process: try row.integer("process"), number: Int(try row.integer("number")))
    }
    return OwnActivity(waits: waiting, builds: building)
  }

  /// pg_blocking_pids halts the lock manager for a moment, so it is only asked about sessions that wait.
  private static let waits: SQL = """
    SELECT DISTINCT ON (h.pid, w.pid) w.pid::bigint AS waiting, \(ApplicationName.isOurs("h")) AS is_among_us, \(LockHolder.columns)
    FROM pg_stat_activity AS w
    CROSS JOIN LATERAL unnest(CASE WHEN w.wait_event_type = 'Lock' THEN pg_blocking_pids(w.pid) END) AS b (pid)
    JOIN pg_stat_activity AS h ON h.pid = b.pid
    JOIN pg_locks AS l ON l.pid = w.pid AND NOT l.granted
    WHERE w.datname = current_database() AND \(ApplicationName.isOurs("w")) AND w.usename = current_user
    ORDER BY h.pid, w.pid;
    """

  /// A transaction has the indexes that it has made locked, and nobody else sees them in pg_class yet.
  private static let builds: SQL = """
    SELECT p.pid::bigint AS process, (
      SELECT count(DISTINCT l.relation) FROM pg_locks AS l
      WHERE l.pid = p.pid AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted
        AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.relation)) AS number
    FROM pg_stat_progress_create_index AS p JOIN pg_stat_activity AS w ON w.pid = p.pid
    WHERE p.datname = current_database() AND \(ApplicationName.isOurs("w")) AND w.usename = current_user
    """
}
