public import Postgres

/// What keeps two tasks from copying the same source rows at the same time, whatever put them into the queue: a copy is a
/// DELETE and a load, and two of them side by side don't see each other's rows, which doubles them.
public enum TaskConflicts {
  /// A condition on the row `task` of a claim: no earlier task of the chunk is uncopied, but for parts of the same split,
  /// which have been cut so that no row is in two. Of tasks that mean the same rows the first runs alone then, and the
  /// next replaces what it did.
  ///
  /// OFFSET keeps the planner from reading the whole queue for a join with itself: one claim looks at one chunk's tasks.
  public static let runsAlone: SQL = """
    NOT EXISTS (
      SELECT FROM __backfill.task AS earlier
      WHERE earlier.chunk_schema = task.chunk_schema AND earlier.chunk_name = task.chunk_name
        AND earlier.worked IS NULL AND earlier.priority < task.priority
        AND (earlier.split IS NULL OR task.split IS NULL OR earlier.split <> task.split)
      OFFSET 0)
    """

  /// Chunks for which there are uncopied tasks with rows in common, each named once; for a queue that was just written.
  ///
  /// - Throws: `PostgresError`.
  public static func overlaps(on target: borrowing Connection) throws(PostgresError) -> [QualifiedName] {
    try target.query(
      """
      SELECT DISTINCT chunk_schema, chunk_name
      FROM (
        SELECT chunk_schema, chunk_name, coalesce(lower_bound, \(Int64.min)) AS lower,
          max(coalesce(upper_bound, \(Int64.max))) OVER (
            PARTITION BY chunk_schema, chunk_name
            ORDER BY coalesce(lower_bound, \(Int64.min)), priority
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM __backfill.task WHERE worked IS NULL) AS t
      WHERE reached > lower
      ORDER BY 1, 2
      """, doing: "looking for tasks with the same rows"
    ) { row throws(PostgresError) in try row.name("chunk_schema", "chunk_name") }
  }

  /// The sessions that have tasks locked, with when their transactions began.
  ///
  /// - Throws: `PostgresError`.
  public static func holders(on target: borrowing Connection) throws(PostgresError) -> [ServerSession] {
    try target.query(
      """
      SELECT DISTINCT ON (l.pid) \(ServerSession.columns(of: "a", process: "l.pid", since: "a.xact_start"))
      FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.relation = to_regclass('__backfill.task') AND l.granted AND l.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY l.pid
      """, doing: "asking who holds the queue"
    ) { row throws(PostgresError) in try ServerSession(row) }
  }
}
