public import Postgres

/// How much the queue's tasks are expected to read, by whether a kind of work is done.
public struct QueueSizes: Sendable, Equatable {
  /// Tasks to be done; for verifying, chunks, as those in parts are compared as one.
  public let open: Int
  public let done: Int
  /// nil where it isn't known of all tasks.
  public let openBytes: Int64?
  public let doneBytes: Int64?

  public init(open: Int, done: Int, openBytes: Int64?, doneBytes: Int64?) {
    self.open = open
    self.done = done
    self.openBytes = openBytes
    self.doneBytes = doneBytes
  }

  /// - Throws: `PostgresError`.
  public static func find(
    _ work: Queue.Work, on target: borrowing Connection
  ) throws(PostgresError) -> QueueSizes? {
    let (open, unit): (SQL, SQL) =
      switch work {
      case .copying: (work.isOpen(), "priority")
      case .verifying: (Queue.isToBeVerified(), Queue.unit)
      }
    let done = work.isDone
    return try target.query(
      """
      SELECT count(DISTINCT \(unit)) FILTER (WHERE \(open)) AS open,
        count(DISTINCT \(unit)) FILTER (WHERE \(done)) AS done,
        count(*) FILTER (WHERE expected_bytes IS NULL AND (\(open) OR \(done))) AS unknown,
        coalesce(sum(expected_bytes) FILTER (WHERE \(open)), 0)::bigint AS open_bytes,
        coalesce(sum(expected_bytes) FILTER (WHERE \(done)), 0)::bigint AS done_bytes
      FROM __backfill.task
      """, doing: "adding up what there is to read"
    ) { row throws(PostgresError) in
      let isKnown = try row.integer("unknown") == 0
      return QueueSizes(
        open: Int(try row.integer("open")), done: Int(try row.integer("done")),
        openBytes: isKnown ? try row.integer("open_bytes") : nil,
        doneBytes: isKnown ? try row.integer("done_bytes") : nil)
    }.first
  }
}
