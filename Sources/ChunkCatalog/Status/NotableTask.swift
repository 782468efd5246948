public import Postgres
public import TimescaleDB

/// A task that there is more to say of than its count: it failed, differs, or somebody has it locked.
public struct NotableTask: Sendable {
  public var priority: Int64
  /// On the source.
  public var chunk: QualifiedName
  /// On the target.
  public var hypertable: QualifiedName
  /// The type of its time dimension as staging noted it; nil where that can't be read.
  public var timeType: String?
  /// The time that it covers, in internal values; nil where that can't be read.
  public var time: Dimension.Range?
  /// Which part of how many, of a chunk that is copied in parts.
  public var part: Part?
  public var isCopied: Bool
  public var isVerified: Bool
  /// How often copying failed.
  public var attempts: Int64
  /// What the last failure was; nil where it didn't fail, or was done since.
  public var error: String?
  public var failedAt: Timestamp?
  /// What differs; nil where nothing was found.
  public var difference: String?
  public var expectedRows: Int64?
  public var expectedBytes: Int64?
  /// The id of the transaction that has it locked, or had.
  public var transaction: String

  public struct Part: Sendable, Equatable {
    public var number: Int64
    /// nil where the split isn't known any more.
    public var count: Int64?

    public init(number: Int64, count: Int64?) {
      self.number = number
      self.count = count
    }
  }

  public init(priority: Int64, chunk: QualifiedName, hypertable: QualifiedName) {
    self.priority = priority
    self.chunk = chunk
    self.hypertable = hypertable
    isCopied = false
    isVerified = false
    attempts = 0
    transaction = "0"
  }

  private init(_ row: Row) throws(PostgresError) {
    priority = try row.integer("priority")
    chunk = try row.name("chunk_schema", "chunk_name")
    hypertable = try row.name("hypertable_schema", "hypertable_name")
    let coverage = try TaskCoverage(row)
    timeType = coverage.timeType
    time = coverage.time
    part = coverage.part
    isCopied = try row.flag("is_copied")
    isVerified = try row.flag("is_verified")
    attempts = try row.integer("attempts")
    error = try row.flag("has_failed") ? try row.optionalText("last_error") ?? "" : nil
    failedAt = try row.optionalTimestamp("failed_at")
    difference = try row.flag("differs") ? try row.optionalText("verify_message") ?? "" : nil
    expectedRows = try row.optionalInteger("expected_rows")
    expectedBytes = try row.optionalInteger("expected_bytes")
    transaction = try row.text("transaction")
  }

  /// Tasks by their keys, in their order.
  ///
  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [NotableTask] {
    try target.nextRows(doing: "reading the queue") { row throws(PostgresError) in try NotableTask(row) }
  }

  static func question(_ shape: QueueShape, keys: [Int64]) -> SQL {
    func column(_ name: String, _ type: SQL) -> SQL { shape.column("task", name, type) }
    return """
      SELECT priority, chunk_schema, chunk_name,
        coalesce(\(column("target_hypertable_schema", "text")), hypertable_schema) AS hypertable_schema,
        coalesce(\(column("target_hypertable_name", "text")), hypertable_name) AS hypertable_name,
        \(TaskCoverage.columns(shape)),
        worked IS NOT NULL AS is_copied, verified IS NOT NULL AS is_verified,
        coalesce(\(column("attempts", "integer")), 0) AS attempts,
        \(hasFailed(shape)) AS has_failed, left(\(column("last_error", "text")), \(Self.textLimit)) AS last_error,
        \(Timestamp.reading(column("last_error_at", "timestamptz"))) AS failed_at,
        \(differs(shape)) AS differs, left(verify_message, \(Self.textLimit)) AS verify_message,
        \(column("expected_rows", "bigint")) AS expected_rows, \(column("expected_bytes", "bigint")) AS expected_bytes,
        xmax::text AS transaction
      FROM __backfill.task WHERE priority IN (\(keys.map { "\($0)" as SQL }.joined(separator: ", ")))
      ORDER BY priority;
      """
  }

  /// Characters of a message that are shown.
  private static let textLimit = 10_000

  /// Whether a task's last try ended with an error. Copying forgets the error, comparing doesn't.
  static func hasFailed(_ shape: QueueShape) -> SQL {
    """
    (worked IS NULL AND coalesce(\(shape.column("task", "attempts", "integer")), 0) > 0
      OR worked IS NOT NULL AND verified IS NULL AND \(shape.column("task", "last_error", "text")) IS NOT NULL)
    """
  }

  /// Whether a task was compared with its source, and isn't equal. Where no column says so, a message without `verified`
  /// does.
  static func differs(_ shape: QueueShape) -> SQL {
    let sign: SQL = shape.hasColumn("task", "differed_at") ? "differed_at" : "verify_message"
    return "(worked IS NOT NULL AND verified IS NULL AND \(sign) IS NOT NULL)"
  }
}
