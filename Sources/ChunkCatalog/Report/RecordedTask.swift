public import Postgres
public import TimescaleDB

/// A task as the queue has it, with what was done for it.
public struct RecordedTask: Sendable, Equatable {
  public var priority: Int64
  /// On the source.
  public var chunk: QualifiedName
  public var hypertable: QualifiedName
  public var targetHypertable: QualifiedName
  /// The type of its time dimension as staging noted it; nil where that can't be read.
  public var timeType: String?
  /// The time that it covers, in internal values; nil where that can't be read.
  public var time: Dimension.Range?
  public var part: NotableTask.Part?
  public var state: State
  public var copied: Work?
  public var verified: Work?
  public var rows: Int64?
  /// That went over the network.
  public var bytes: Int64?
  public var expectedRows: Int64?
  public var expectedBytes: Int64?
  /// How often copying failed.
  public var attempts: Int64
  /// Remarks on copying it.
  public var copyMessage: String?
  /// What was compared, or differs.
  public var verifyMessage: String?
  /// What the last failure was; nil where it didn't fail, or was done since.
  public var error: String?
  public var failedAt: Timestamp?
  public var differedAt: Timestamp?

  /// Each task is in one of these. What differs and failed afterwards counts as differing.
  public enum State: String, Sendable, CaseIterable {
    case pending
    case copied
    case verified
    case failed
    case differing
  }

  /// When something was done for a task, and by whom.
  public struct Work: Sendable, Equatable {
    /// nil where another tool noted no end.
    public var began: Timestamp?
    public var ended: Timestamp?
    /// What the run is called; nil where an earlier version didn't note it.
    public var run: String?
    /// The process of the server that worked for it.
    public var backend: Int64?

    public init(began: Timestamp?, ended: Timestamp?, run: String? = nil, backend: Int64? = nil) {
      self.began = began
      self.ended = ended
      self.run = run
      self.backend = backend
    }
  }

  public init(priority: Int64, chunk: QualifiedName, hypertable: QualifiedName, state: State = .pending) {
    self.priority = priority
    self.chunk = chunk
    self.hypertable = hypertable
    targetHypertable = hypertable
    self.state = state
    attempts = 0
  }

  private init(_ row: Row) throws(PostgresError) {
    self.init(
      priority: try row.integer("priority"), chunk: try row.name("chunk_schema", "chunk_name"),
      hypertable: try row.name("hypertable_schema", "hypertable_name"),
      state: State(rawValue: try row.text("state")) ?? .pending)
    targetHypertable = try row.name("target_schema", "target_name")
    let coverage = try TaskCoverage(row)
    timeType = coverage.timeType
    time = coverage.time
    part = coverage.part
    if try row.flag("is_copied") {
      copied = Work(
        began: try row.optionalTimestamp("copy_began"), ended: try row.optionalTimestamp("copy_ended"),
        run: try row.optionalText("copied_by"), backend: try row.optionalInteger("copied_backend"))
    }
    if try row.flag("is_verified") {
      verified = Work(
        began: try row.optionalTimestamp("verify_began"), ended: try row.optionalTimestamp("verify_ended"),
        run: try row.optionalText("verified_by"), backend: try row.optionalInteger("verified_backend"))
    }
    rows = try row.optionalInteger("copied_rows")
    bytes = try row.optionalInteger("copied_bytes")
    expectedRows = try row.optionalInteger("expected_rows")
    expectedBytes = try row.optionalInteger("expected_bytes")
    attempts = try row.integer("attempts")
    copyMessage = try row.optionalText("copy_message")
    verifyMessage = try row.optionalText("verify_message")
    error = try row.flag("has_failed") ? try row.optionalText("last_error") ?? "" : nil
    failedAt = try row.optionalTimestamp("failed_at")
    differedAt = try row.optionalTimestamp("differed_at")
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [RecordedTask] {
    try target.nextRows(doing: "reading the queue") { row throws(PostgresError) in try RecordedTask(row) }
  }
}

extension RecordedTask {
  /// All tasks, in the order of work.
  static func question(_ shape: QueueShape) -> SQL {
    func column(_ name: String, _ type: SQL) -> SQL { shape.column("task", name, type) }
    return """
      SELECT priority, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
        coalesce(\(column("target_hypertable_schema", "text")), hypertable_schema) AS target_schema,
        coalesce(\(column("target_hypertable_name", "text")), hypertable_name) AS target_name,
        \(TaskCoverage.columns(shape)),
        CASE WHEN \(NotableTask.differs(shape)) THEN 'differing' WHEN \(NotableTask.hasFailed(shape)) THEN 'failed'
          WHEN worked IS NULL THEN 'pending' WHEN verified IS NULL THEN 'copied' ELSE 'verified' END AS state,
        worked IS NOT NULL AS is_copied, verified IS NOT NULL AS is_verified,
        \(finite("lower(worked)")) AS copy_began, \(finite("upper(worked)")) AS copy_ended,
        \(finite("lower(verified)")) AS verify_began, \(finite("upper(verified)")) AS verify_ended,
        \(column("copied_by", "text")) AS copied_by, \(column("copied_backend", "integer")) AS copied_backend,
        \(column("verified_by", "text")) AS verified_by, \(column("verified_backend", "integer")) AS verified_backend,
        \(column("copied_rows", "bigint")) AS copied_rows, \(column("copied_bytes", "bigint")) AS copied_bytes,
        \(column("expected_rows", "bigint")) AS expected_rows, \(column("expected_bytes", "bigint")) AS expected_bytes,
        coalesce(\(column("attempts", "integer")), 0) AS attempts, \(NotableTask.hasFailed(shape)) AS has_failed,
        left(\(column("last_error", "text")), \(QueueRecord.textLimit)) AS last_error,
        left(copy_message, \(QueueRecord.textLimit)) AS copy_message,
        left(verify_message, \(QueueRecord.textLimit)) AS verify_message,
        \(finite(column("last_error_at", "timestamptz"))) AS failed_at,
        \(finite(column("differed_at", "timestamptz"))) AS differed_at
      FROM __backfill.task ORDER BY priority;
      """
  }

  /// Infinity is no number of microseconds.
  private static func finite(_ time: SQL) -> SQL {
    "CASE WHEN isfinite(\(time)) THEN \(Timestamp.reading(time)) END"
  }
}
