public import Postgres

/// Segment-by and order-by, of a hypertable or of one chunk (_timescaledb_catalog.compression_settings, from 2.14).
public struct CompressionSettings: Sendable, Hashable {
  public struct Order: Sendable, Hashable {
    public let column: Identifier
    public let isDescending: Bool
    public let nullsFirst: Bool

    public init(column: Identifier, isDescending: Bool, nullsFirst: Bool) {
      self.column = column
      self.isDescending = isDescending
      self.nullsFirst = nullsFirst
    }
  }

  /// nil when none was set, which is not the same as an empty list: then TimescaleDB chooses.
  public let segmentBy: [Identifier]?
  public let orderBy: [Order]?

  public init(segmentBy: [Identifier]?, orderBy: [Order]?) {
    self.segmentBy = segmentBy
    self.orderBy = orderBy
  }

  /// The columns `init(_:from:)` reads, of the settings row called `alias`.
  static func columns(_ alias: SQL) -> SQL {
    """
    \(alias).segmentby IS NOT NULL, \(alias).segmentby, \(alias).orderby IS NOT NULL, \(alias).orderby,
      \(alias).orderby_desc, \(alias).orderby_nullsfirst
    """
  }

  static let columnCount = 6

  init(_ row: Row, from first: Int) throws(PostgresError) {
    let columns = try row.texts(first + 3)
    let descending = try row.texts(first + 4)
    let nullsFirst = try row.texts(first + 5)
    segmentBy = try row.flag(first) ? try row.texts(first + 1).map(Identifier.init) : nil
    orderBy =
      try row.flag(first + 2)
      ? columns.indices.map {
        Order(
          column: Identifier(columns[$0]), isDescending: descending[$0] == "t",
          nullsFirst: nullsFirst[$0] == "t")
      } : nil
  }

  /// Whether chunks compressed by these and by `other` have tuples of the same meaning. No segment-by is the same
  /// as an empty one.
  public func isSame(as other: CompressionSettings) -> Bool {
    (segmentBy ?? []) == (other.segmentBy ?? []) && orderBy == other.orderBy
  }

  /// Sets a hypertable's settings to these, unset ones to none.
  public func set(on hypertable: QualifiedName) -> SQL {
    """
    ALTER TABLE \(hypertable) SET (timescaledb.compress_segmentby = \(segmentText),
      timescaledb.compress_orderby = \(orderText));
    """
  }

  /// Puts a hypertable's settings back to what they were, unset ones included.
  public func restore(on hypertable: QualifiedName, capabilities: Capabilities) -> SQL {
    guard capabilities.settingsCanBeReset else { return set(on: hypertable) }
    var statements: SQL = """
      ALTER TABLE \(hypertable) RESET (timescaledb.compress_segmentby, timescaledb.compress_orderby);
      """
    if segmentBy != nil {
      statements =
        statements + "ALTER TABLE \(hypertable) SET (timescaledb.compress_segmentby = \(segmentText));"
    }
    if orderBy != nil {
      statements = statements + "ALTER TABLE \(hypertable) SET (timescaledb.compress_orderby = \(orderText));"
    }
    return statements
  }

  /// The ways to have chunks compressed by these settings, the best first. From 2.22 a segment-by that isn't set is
  /// chosen by TimescaleDB, from the same indexes as the source's if all goes well; one that is set to nothing isn't.
  public func ways(on hypertable: QualifiedName, capabilities: Capabilities) -> [SQL] {
    capabilities.settingsCanBeReset && segmentBy == nil
      ? [restore(on: hypertable, capabilities: capabilities), set(on: hypertable)] : [set(on: hypertable)]
  }

  private var segmentText: String { (segmentBy ?? []).map(\.description).joined(separator: ", ") }

  private var orderText: String {
    (orderBy ?? []).map { order in
      "\(order.column) \(order.isDescending ? "DESC" : "ASC") NULLS \(order.nullsFirst ? "FIRST" : "LAST")"
    }.joined(separator: ", ")
  }

  /// A hypertable's own settings, with the whole row as text to see whether they are the same again later; no row when
  /// it has none.
  public static func question(of hypertable: QualifiedName) -> SQL {
    """
    SELECT row_to_json(k)::text, \(columns("k"))
    FROM _timescaledb_catalog.compression_settings AS k
    WHERE k.relid = \(hypertable.description)::regclass
    """
  }

  /// The same of chunks' own settings, a row for each that is compressed.
  public static func question(ofChunks chunks: [QualifiedName], capabilities: Capabilities) -> SQL {
    let relations = chunks.map { "\($0.description)::regclass" as SQL }.joined(separator: ", ")
    let key: SQL = capabilities.settingsKey == .chunk ? "c.relid" : "zr.oid"
    return """
      SELECT row_to_json(k)::text, \(columns("k"))
      FROM (\(capabilities.chunks)) AS c
      JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
      JOIN pg_class AS zr ON zr.relnamespace = zn.oid AND zr.relname = c.compressed_name
      JOIN _timescaledb_catalog.compression_settings AS k ON k.relid = \(key)
      WHERE c.relid IN (\(relations))
      """
  }

  /// The answer to both questions.
  public static func answer(_ row: Row) throws(PostgresError) -> (text: String, settings: CompressionSettings)
  {
    (try row.text(0), try CompressionSettings(row, from: 1))
  }
}
