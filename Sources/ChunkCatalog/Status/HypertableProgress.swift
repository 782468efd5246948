public import Postgres

/// How far a hypertable's tasks are.
public struct HypertableProgress: Sendable, Equatable {
  /// On the target.
  public var hypertable: QualifiedName
  /// Chunks, of which a split one counts as done when all of its parts are.
  public var chunks = Done()
  public var tasks = Done()
  /// Uncopied tasks that failed, and copied ones whose comparison did.
  public var failed = 0
  /// Compared, and not equal.
  public var differing = 0
  public var copiedRows: Int64 = 0
  public var copiedBytes: Int64 = 0
  /// Of tasks that aren't verified: the bytes that were copied for them.
  public var unverifiedBytes: Int64 = 0
  public var expected = Expected()
  /// What was done within the window that was asked for. Of tasks that began before it, the share that falls into it, as
  /// if it had gone on evenly.
  public var recent = Recent()
  /// Keys of the tasks that there is more to say of.
  public var failedKeys: [Int64] = []
  public var differingKeys: [Int64] = []
  public var heldKeys: [Int64] = []

  public struct Done: Sendable, Equatable {
    public var all = 0
    public var copied = 0
    public var verified = 0

    public init(all: Int = 0, copied: Int = 0, verified: Int = 0) {
      self.all = all
      self.copied = copied
      self.verified = verified
    }
  }

  /// What staging thought tasks to be.
  public struct Expected: Sendable, Equatable {
    /// Uncopied tasks whose size nobody noted.
    public var unknown = 0
    /// Of uncopied tasks.
    public var bytes: Int64 = 0
    public var rows: Int64 = 0
    /// What the copied tasks with a noted size were thought to be, and were.
    public var thought: Int64 = 0
    public var found: Int64 = 0

    public init(
      unknown: Int = 0, bytes: Int64 = 0, rows: Int64 = 0, thought: Int64 = 0, found: Int64 = 0
    ) {
      self.unknown = unknown
      self.bytes = bytes
      self.rows = rows
      self.thought = thought
      self.found = found
    }
  }

  public struct Recent: Sendable, Equatable {
    public var copiedTasks: Double = 0
    public var copiedBytes: Double = 0
    public var verifiedTasks: Double = 0
    /// What had been copied for them.
    public var verifiedBytes: Double = 0

    public init(
      copiedTasks: Double = 0, copiedBytes: Double = 0, verifiedTasks: Double = 0, verifiedBytes: Double = 0
    ) {
      self.copiedTasks = copiedTasks
      self.copiedBytes = copiedBytes
      self.verifiedTasks = verifiedTasks
      self.verifiedBytes = verifiedBytes
    }
  }

  public init(hypertable: QualifiedName) { self.hypertable = hypertable }

  private init(_ row: Row) throws(PostgresError) {
    hypertable = try row.name("hypertable_schema", "hypertable_name")
    chunks = Done(
      all: Int(try row.integer("chunks")), copied: Int(try row.integer("chunks_copied")),
      verified: Int(try row.integer("chunks_verified")))
    tasks = Done(
      all: Int(try row.integer("tasks")), copied: Int(try row.integer("copied")),
      verified: Int(try row.integer("verified")))
    failed = Int(try row.integer("failed"))
    differing = Int(try row.integer("differing"))
    copiedRows = try row.integer("copied_rows")
    copiedBytes = try row.integer("copied_bytes")
    unverifiedBytes = try row.integer("unverified_bytes")
    expected = Expected(
      unknown: Int(try row.integer("expected_unknown")), bytes: try row.integer("expected_bytes"),
      rows: try row.integer("expected_rows"), thought: try row.integer("thought_bytes"),
      found: try row.integer("found_bytes"))
    recent = Recent(
      copiedTasks: try row.double("recent_copied"), copiedBytes: try row.double("recent_copied_bytes"),
      verifiedTasks: try row.double("recent_verified"),
      verifiedBytes: try row.double("recent_verified_bytes"))
    failedKeys = try Self.keys(try row.optionalText("failed_keys"))
    differingKeys = try Self.keys(try row.optionalText("differing_keys"))
    heldKeys = try Self.keys(try row.optionalText("held_keys"))
  }

  private static func keys(_ text: String?) throws(PostgresError) -> [Int64] {
    (text ?? "").split(separator: ",").compactMap { Int64($0) }.sorted()
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [HypertableProgress] {
    try target.nextRows(doing: "reading the queue") { row throws(PostgresError) in
      try HypertableProgress(row)
    }
  }

  /// One pass over the tasks, whatever there is to know: only the tasks that need a word of their own are looked at again,
  /// by their keys. The large table is only hashed, into a group for each of these tasks and one for all the others of a
  /// split or hypertable; gathering keys in it would make the server sort it (seen on PostgreSQL 15). Parts are put
  /// together before hypertables, as a chunk is done when all of its parts are.
  ///
  /// - Parameters:
  ///   - window: the beginning of what is recent.
  ///   - transactions: ids of those that are open. A row that one of them has locked or changed has it as its xmax,
  ///     whatever the version of the server; nothing has to be locked to find that out.
  static func question(_ shape: QueueShape, window: Timestamp, transactions: [String]) -> SQL {
    func column(_ name: String, _ type: SQL) -> SQL { shape.column("task", name, type) }
    let isHeld: SQL =
      transactions.isEmpty
      ? "false"
      : "xmax <> '0'::xid AND xmax = ANY ('{\(SQL.numbers(transactions))}'::xid[])"
    let start: SQL = "to_timestamp(\(window.microseconds) / 1000000.0)"
    return """
      SELECT hypertable_schema, hypertable_name, sum(tasks)::bigint AS tasks, sum(copied)::bigint AS copied,
        sum(verified)::bigint AS verified,
        sum(CASE WHEN split IS NULL THEN tasks ELSE 1 END)::bigint AS chunks,
        sum(CASE WHEN split IS NULL THEN copied WHEN copied = tasks THEN 1 ELSE 0 END)::bigint AS chunks_copied,
        sum(CASE WHEN split IS NULL THEN verified WHEN verified = tasks THEN 1 ELSE 0 END)::bigint AS chunks_verified,
        sum(failed)::bigint AS failed, sum(differing)::bigint AS differing,
        coalesce(sum(copied_rows), 0)::bigint AS copied_rows, coalesce(sum(copied_bytes), 0)::bigint AS copied_bytes,
        coalesce(sum(unverified_bytes), 0)::bigint AS unverified_bytes,
        sum(expected_unknown)::bigint AS expected_unknown, coalesce(sum(expected_bytes), 0)::bigint AS expected_bytes,
        coalesce(sum(expected_rows), 0)::bigint AS expected_rows, coalesce(sum(thought), 0)::bigint AS thought_bytes,
        coalesce(sum(found), 0)::bigint AS found_bytes, coalesce(sum(recent_copied), 0) AS recent_copied,
        coalesce(sum(recent_copied_bytes), 0) AS recent_copied_bytes,
        coalesce(sum(recent_verified), 0) AS recent_verified,
        coalesce(sum(recent_verified_bytes), 0) AS recent_verified_bytes,
        string_agg(failed_keys, ',') AS failed_keys, string_agg(differing_keys, ',') AS differing_keys,
        string_agg(held_keys, ',') AS held_keys
      FROM (
        SELECT hypertable_schema, hypertable_name, split, sum(tasks) AS tasks, sum(copied) AS copied,
          sum(verified) AS verified, sum(failed) AS failed, sum(differing) AS differing,
          sum(copied_rows) AS copied_rows, sum(copied_bytes) AS copied_bytes, sum(unverified_bytes) AS unverified_bytes,
          sum(expected_unknown) AS expected_unknown, sum(expected_bytes) AS expected_bytes,
          sum(expected_rows) AS expected_rows, sum(thought) AS thought, sum(found) AS found,
          sum(recent_copied) AS recent_copied, sum(recent_copied_bytes) AS recent_copied_bytes,
          sum(recent_verified) AS recent_verified, sum(recent_verified_bytes) AS recent_verified_bytes,
          string_agg(notable::text, ',') FILTER (WHERE failed > 0) AS failed_keys,
          string_agg(notable::text, ',') FILTER (WHERE differing > 0) AS differing_keys,
          string_agg(notable::text, ',') FILTER (WHERE held > 0) AS held_keys
        FROM (
          SELECT hypertable_schema, hypertable_name, split,
            CASE WHEN has_failed OR differs OR is_held THEN priority END AS notable, count(*) AS tasks,
            count(worked) AS copied, count(verified) AS verified, count(*) FILTER (WHERE has_failed) AS failed,
            count(*) FILTER (WHERE differs) AS differing, count(*) FILTER (WHERE is_held) AS held,
            sum(copied_rows) AS copied_rows, sum(copied_bytes) AS copied_bytes,
            sum(copied_bytes) FILTER (WHERE verified IS NULL) AS unverified_bytes,
            count(*) FILTER (WHERE worked IS NULL AND expected_bytes IS NULL) AS expected_unknown,
            sum(expected_bytes) FILTER (WHERE worked IS NULL) AS expected_bytes,
            sum(expected_rows) FILTER (WHERE worked IS NULL) AS expected_rows,
            sum(expected_bytes) FILTER (WHERE copied_bytes IS NOT NULL) AS thought,
            sum(copied_bytes) FILTER (WHERE expected_bytes IS NOT NULL) AS found,
            sum(\(share("worked", start))) FILTER (WHERE upper(worked) > \(start)) AS recent_copied,
            sum(\(share("worked", start)) * copied_bytes) FILTER (WHERE upper(worked) > \(start))
              AS recent_copied_bytes,
            sum(\(share("verified", start))) FILTER (WHERE upper(verified) > \(start)) AS recent_verified,
            sum(\(share("verified", start)) * copied_bytes) FILTER (WHERE upper(verified) > \(start))
              AS recent_verified_bytes
          FROM (
            SELECT coalesce(\(column("target_hypertable_schema", "text")), hypertable_schema) AS hypertable_schema,
              coalesce(\(column("target_hypertable_name", "text")), hypertable_name) AS hypertable_name,
              \(column("split", "bigint")) AS split, priority, worked, verified,
              \(column("copied_rows", "bigint")) AS copied_rows, \(column("copied_bytes", "bigint")) AS copied_bytes,
              \(column("expected_rows", "bigint")) AS expected_rows,
              \(column("expected_bytes", "bigint")) AS expected_bytes,
              \(NotableTask.hasFailed(shape)) AS has_failed, \(NotableTask.differs(shape)) AS differs,
              \(isHeld) AS is_held
            FROM __backfill.task
            OFFSET 0
          ) AS t
          GROUP BY 1, 2, 3, 4
        ) AS n
        GROUP BY hypertable_schema, hypertable_name, split
      ) AS g
      GROUP BY hypertable_schema, hypertable_name
      ORDER BY hypertable_schema, hypertable_name;
      """
  }

  /// Which part of a task's time falls into the window, from 0 to 1.
  private static func share(_ range: SQL, _ start: SQL) -> SQL {
    """
    least(1, date_part('epoch', upper(\(range)) - \(start))
      / greatest(1e-6, date_part('epoch', upper(\(range)) - lower(\(range)))))
    """
  }
}

extension SQL {
  /// Texts that are whole numbers, separated by commas; what is none is left out.
  static func numbers(_ texts: [String]) -> SQL {
    texts.compactMap { UInt64($0) }.map { "\($0)" as SQL }.joined(separator: ",")
  }
}

extension Row {
  /// A double precision.
  fileprivate func double(_ name: StaticString) throws(PostgresError) -> Double {
    Double(try text(name)) ?? 0
  }
}
