public import Postgres

/// A hypertable's owner, privileges and settings: what a copy of it should have too, and what the session's role may do.
public struct HypertableTraits: Sendable {
  public let id: Int64
  /// Of a continuous aggregate the view's.
  public let owner: Identifier
  /// The role has all of the owner's rights.
  public let isOwned: Bool
  /// The role may read it, and the schema that it is in.
  public let isReadable: Bool
  /// Chunks that the role may not read.
  public let unreadableChunks: Int64
  /// Those that have privileges on it, the owner included.
  public let roles: [Identifier]
  /// By their columns.
  public let dimensions: [Identifier: DimensionSize]
  /// nil where compression is off.
  public let compression: CompressionSettings?

  public init(
    id: Int64, owner: Identifier, isOwned: Bool, isReadable: Bool, unreadableChunks: Int64,
    roles: [Identifier], dimensions: [Identifier: DimensionSize], compression: CompressionSettings?
  ) {
    self.id = id
    self.owner = owner
    self.isOwned = isOwned
    self.isReadable = isReadable
    self.unreadableChunks = unreadableChunks
    self.roles = roles
    self.dimensions = dimensions
    self.compression = compression
  }

  /// How long a chunk is in a dimension, or into how many partitions that is cut.
  public struct DimensionSize: Sendable, Equatable {
    public var value: Int64
    /// As an interval where the dimension is one of time; else the number.
    public var text: String
    public var isOpen: Bool
    public var isInterval: Bool

    public init(value: Int64, text: String, isOpen: Bool, isInterval: Bool) {
      self.value = value
      self.text = text
      self.isOpen = isOpen
      self.isInterval = isInterval
    }
  }

  /// Of the given hypertables, by their ids.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: [Int64], capabilities: Capabilities, on connection: borrowing Connection
  ) throws(PostgresError) -> [Int64: HypertableTraits] {
    let found = try connection.query(
      question(of: hypertables, capabilities), doing: "describing hypertables"
    ) { row throws(PostgresError) in
      let values = try row.integers("sizes")
      let texts = try row.texts("size_texts")
      let open = try row.flags("open")
      let intervals = try row.flags("intervals")
      let sizes = try row.texts("columns").enumerated().map { index, column in
        (
          Identifier(column),
          DimensionSize(
            value: values[index], text: texts[index], isOpen: open[index], isInterval: intervals[index])
        )
      }
      return HypertableTraits(
        id: try row.integer("id"), owner: Identifier(try row.text("owner")),
        isOwned: try row.flag("is_owned"),
        isReadable: try row.flag("is_readable"), unreadableChunks: try row.integer("unreadable_chunks"),
        roles: try row.texts("roles").map(Identifier.init),
        dimensions: Dictionary(sizes, uniquingKeysWith: { first, _ in first }),
        compression: try row.flag("compresses") ? try CompressionSettings(row) : nil)
    }
    return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func question(of hypertables: [Int64], _ capabilities: Capabilities) -> SQL {
    let ids = (hypertables.map { "\($0)" as SQL } + ["-1"]).joined(separator: ", ")
    return """
      SELECT h.id, pg_get_userbyid(o.relowner) AS owner,
        pg_has_role(o.relowner, 'USAGE') AND pg_has_role(r.relowner, 'USAGE') AS is_owned,
        has_schema_privilege(o.relnamespace, 'USAGE') AND has_table_privilege(o.oid, 'SELECT')
          AND has_schema_privilege(r.relnamespace, 'USAGE') AND has_table_privilege(r.oid, 'SELECT') AS is_readable,
        (SELECT count(*) FROM pg_inherits AS i
         WHERE i.inhparent = r.oid AND NOT has_table_privilege(i.inhrelid, 'SELECT')) AS unreadable_chunks,
        ARRAY(SELECT pg_get_userbyid(g.grantee)::text FROM (
            SELECT o.relowner AS grantee UNION SELECT x.grantee FROM aclexplode(o.relacl) AS x WHERE x.grantee <> 0
          ) AS g ORDER BY 1) AS roles,
        d.*, \(capabilities.compresses("h")) AS compresses, \(CompressionSettings.columns("k", capabilities))
      FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
      LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
      LEFT JOIN pg_namespace AS vn ON vn.nspname = a.user_view_schema
      LEFT JOIN pg_class AS v ON v.relnamespace = vn.oid AND v.relname = a.user_view_name
      JOIN pg_class AS o ON o.oid = coalesce(v.oid, r.oid)
      LEFT JOIN _timescaledb_catalog.compression_settings AS k ON k.relid = r.oid
      CROSS JOIN LATERAL (\(dimensions)) AS d
      WHERE h.id IN (\(ids))
      """
  }

  private static let dimensions: SQL = """
    SELECT array_agg(s.column_name ORDER BY s.id) AS columns, array_agg(s.size ORDER BY s.id) AS sizes,
      array_agg(s.is_open ORDER BY s.id) AS open, array_agg(s.is_interval ORDER BY s.id) AS intervals,
      array_agg(CASE WHEN s.is_interval THEN justify_hours(s.size * interval '1 microsecond')::text
        ELSE s.size::text END ORDER BY s.id) AS size_texts
    FROM (
      SELECT d.id, d.column_name, coalesce(d.interval_length, d.num_slices)::int8 AS size,
        d.interval_length IS NOT NULL AS is_open,
        d.interval_length IS NOT NULL AND d.column_type NOT IN (
          'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) AS is_interval
      FROM _timescaledb_catalog.dimension AS d WHERE d.hypertable_id = h.id
    ) AS s
    """

  /// A statement that gives a hypertable's dimension this size for new chunks.
  public static func setting(_ size: DimensionSize, of column: Identifier, on hypertable: QualifiedName)
    -> SQL
  {
    guard size.isOpen else {
      return "SELECT set_number_partitions(\(hypertable.description), \(size.value), \(column.name));"
    }
    let interval: SQL = size.isInterval ? "interval \(size.text)" : "\(size.value)::bigint"
    return "SELECT set_chunk_time_interval(\(hypertable.description), \(interval), \(column.name));"
  }
}
