public import Postgres
public import TimescaleDB

/// One unit of work: a source chunk, or a part of one by time. Claimed, done and marked in one target
/// transaction.
public struct BackfillTask: Sendable {
  /// The task's key and its place in the order of work.
  public let priority: Int64
  /// The chunk's name on the source.
  public let chunk: QualifiedName
  /// The hypertable on the source, as staging noted it; nil where that isn't known.
  public let hypertable: QualifiedName?
  /// The chunk's slices as staging noted them; empty where they can't be read.
  public let slices: [StagedSlice]
  /// The hypertable on the target, which for a continuous aggregate may be called otherwise than on the source.
  public let targetHypertable: QualifiedName
  /// The chunk of the target that has the same slices, as staging found or made it; nil when there was none.
  public let targetChunk: QualifiedName?
  /// The part of the chunk's time dimension that is to be copied.
  public let bounds: TaskBounds
  /// The exported snapshot that the source is to be read with.
  public let snapshot: String?
  /// The predicate as text, for people to read; only looked at when another tool staged the task.
  public let filter: String?
  /// Staged by this program, so `bounds` says it all.
  public let hasBounds: Bool
  /// Which part of a split chunk this is; nil for a chunk that is copied by one task.
  public let part: Part?
  /// How much staging thought that there is to read; nil where it didn't note it.
  public let expectedBytes: Int64?

  /// One of several tasks into which a large chunk was cut by time.
  public struct Part: Sendable, Equatable {
    /// The key of the chunk's split.
    public let split: Int64
    /// Counted from 1.
    public let number: Int64
    public let count: Int64
    /// All parts together.
    public let whole: TaskBounds
    /// What all parts together were expected to read.
    public let wholeBytes: Int64?

    public init(split: Int64, number: Int64, count: Int64, whole: TaskBounds, wholeBytes: Int64? = nil) {
      self.wholeBytes = wholeBytes
      self.split = split
      self.number = number
      self.count = count
      self.whole = whole
    }
  }

  public init(
    priority: Int64, chunk: QualifiedName, targetHypertable: QualifiedName, targetChunk: QualifiedName?,
    bounds: TaskBounds = .wholeChunk, snapshot: String? = nil, filter: String? = nil, hasBounds: Bool = true,
    hypertable: QualifiedName? = nil, slices: [StagedSlice] = [], part: Part? = nil,
    expectedBytes: Int64? = nil
  ) {
    self.expectedBytes = expectedBytes
    self.part = part
    self.hypertable = hypertable
    self.slices = slices
    self.priority = priority
    self.chunk = chunk
    self.targetHypertable = targetHypertable
    self.targetChunk = targetChunk
    self.bounds = bounds
    self.snapshot = snapshot
    self.filter = filter
    self.hasBounds = hasBounds
  }

  /// The columns `init(_:)` reads.
  static let columns: SQL = """
    priority, chunk_schema, chunk_name, \(targetHypertable("task")), target_chunk_schema, target_chunk_name,
      lower_bound, upper_bound, snapshot, filter, staged_by IS NOT NULL AS has_bounds,
      hypertable_schema, hypertable_name,
      \(StagedSlice.texts),
      expected_bytes, split, part,
      (SELECT ARRAY[s.parts, coalesce(s.lower_bound, \(Int64.min)), coalesce(s.upper_bound, \(Int64.max)),
          (SELECT coalesce(sum(t.expected_bytes), 0)::bigint FROM __backfill.task AS t WHERE t.split = s.id)]
        FROM __backfill.split AS s WHERE s.id = task.split) AS split_facts
    """

  /// The target's hypertable as `target_schema` and `target_name`: noted apart only where it is called otherwise than on
  /// the source.
  static func targetHypertable(_ task: SQL) -> SQL {
    "\(targetSchema(task)) AS target_schema, \(targetName(task)) AS target_name"
  }

  static func targetSchema(_ task: SQL) -> SQL {
    "coalesce(\(task).target_hypertable_schema, \(task).hypertable_schema)"
  }

  static func targetName(_ task: SQL) -> SQL {
    "coalesce(\(task).target_hypertable_name, \(task).hypertable_name)"
  }

  init(_ row: Row) throws(PostgresError) {
    var part: Part?
    let expectedBytes = try row.optionalInteger("expected_bytes")
    let facts = try row.integers("split_facts")
    if let split = try row.optionalInteger("split"), !facts.isEmpty {
      part = Part(
        split: split, number: try row.optionalInteger("part") ?? 0, count: facts[0],
        whole: TaskBounds(lower: facts[1], upper: facts[2]), wholeBytes: expectedBytes.map { _ in facts[3] })
    }
    self.init(
      priority: try row.integer("priority"), chunk: try row.name("chunk_schema", "chunk_name"),
      targetHypertable: try row.name("target_schema", "target_name"),
      targetChunk: try row.optionalName("target_chunk_schema", "target_chunk_name"),
      bounds: try TaskBounds(row),
      snapshot: try row.optionalText("snapshot"), filter: try row.optionalText("filter"),
      hasBounds: try row.flag("has_bounds"), hypertable: try row.name("hypertable_schema", "hypertable_name"),
      slices: try StagedSlice.all(in: row), part: part, expectedBytes: expectedBytes)
  }

  /// Whether the task was staged for a chunk with exactly these slices.
  public func hasSlices(_ dimensions: [Dimension], _ slices: [Dimension.Range]) -> Bool {
    Set(self.slices) == Set(StagedSlice.all(of: dimensions, slices))
  }

  /// The task as it is verified: a chunk that was copied in parts is compared as one.
  public var whole: BackfillTask {
    guard let part else { return self }
    return BackfillTask(
      priority: priority, chunk: chunk, targetHypertable: targetHypertable, targetChunk: targetChunk,
      bounds: part.whole, snapshot: snapshot, hypertable: hypertable, slices: slices, part: part,
      expectedBytes: part.wholeBytes)
  }
}
