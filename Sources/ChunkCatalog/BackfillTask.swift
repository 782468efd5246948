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
  /// The chunk's slices as staging noted them, each as "lower upper column"; empty where they can't be read.
  public let slices: [String]
  /// The hypertable on the target, which for a continuous aggregate may be called otherwise than on the source.
  public let targetHypertable: QualifiedName
  /// The chunk of the target that has the same slices, as staging found or made it; nil when there was none.
  public let targetChunk: QualifiedName?
  /// The part of the chunk's time dimension that is to be copied, in internal values; `Int64.min` and `.max` stand
  /// for the chunk's own bounds.
  public let range: Dimension.Range
  /// The exported snapshot that the source is to be read with.
  public let snapshot: String?
  /// The predicate as text, for people to read; only looked at when another tool staged the task.
  public let filter: String?
  /// Staged by this program, so `range` says it all.
  public let hasBounds: Bool

  public init(
    priority: Int64, chunk: QualifiedName, targetHypertable: QualifiedName, targetChunk: QualifiedName?,
    range: Dimension.Range, snapshot: String? = nil, filter: String? = nil, hasBounds: Bool = true,
    hypertable: QualifiedName? = nil, slices: [String] = []
  ) {
    self.hypertable = hypertable
    self.slices = slices
    self.priority = priority
    self.chunk = chunk
    self.targetHypertable = targetHypertable
    self.targetChunk = targetChunk
    self.range = range
    self.snapshot = snapshot
    self.filter = filter
    self.hasBounds = hasBounds
  }

  /// The columns `init(_:)` reads.
  static let columns: SQL = """
    priority, chunk_schema, chunk_name, coalesce(target_hypertable_schema, hypertable_schema),
      coalesce(target_hypertable_name, hypertable_name), target_chunk_schema, target_chunk_name,
      lower_bound, upper_bound, snapshot, filter, staged_by IS NOT NULL,
      hypertable_schema, hypertable_name,
      CASE WHEN jsonb_typeof(dimensions) = 'array' THEN ARRAY(
        SELECT concat_ws(' ', d ->> 'range_start', d ->> 'range_end', d ->> 'column_name')
        FROM jsonb_array_elements(dimensions) AS d) ELSE '{}' END
    """

  init(_ row: Row) throws(PostgresError) {
    var targetChunk: QualifiedName?
    if let schema = row.optionalText(5), let name = row.optionalText(6) {
      targetChunk = QualifiedName(schema, name)
    }
    self.init(
      priority: try row.integer(0), chunk: QualifiedName(try row.text(1), try row.text(2)),
      targetHypertable: QualifiedName(try row.text(3), try row.text(4)), targetChunk: targetChunk,
      range: Dimension.Range(
        lower: try row.optionalInteger(7) ?? .min, upper: try row.optionalInteger(8) ?? .max),
      snapshot: row.optionalText(9), filter: row.optionalText(10), hasBounds: try row.flag(11),
      hypertable: QualifiedName(try row.text(12), try row.text(13)), slices: try row.texts(14))
  }
}
