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

  /// Sets a hypertable's settings to these.
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

  /// The answer to `question(of:)`.
  public static func answer(_ row: Row) throws(PostgresError) -> (text: String, settings: CompressionSettings)
  {
    (try row.text(0), try CompressionSettings(row, from: 1))
  }
}
