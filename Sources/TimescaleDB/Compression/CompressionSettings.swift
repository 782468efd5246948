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
  /// Sparse indexes that a person chose (from 2.22), as the option is written; nil where TimescaleDB chooses.
  public let indexes: String?

  public init(segmentBy: [Identifier]?, orderBy: [Order]?, indexes: String? = nil) {
    self.segmentBy = segmentBy
    self.orderBy = orderBy
    self.indexes = indexes
  }

  /// The columns that `init(_:)` reads, of the settings row called `alias`.
  static func columns(_ alias: SQL, _ capabilities: Capabilities) -> SQL {
    let chosen: SQL = capabilities.indexesCanBeChosen ? "(" + chosenIndexes(alias) + ")" : "NULL"
    return """
      \(alias).segmentby IS NOT NULL AS has_segmentby, \(alias).segmentby, \(alias).orderby IS NOT NULL AS has_orderby,
        \(alias).orderby, \(alias).orderby_desc, \(alias).orderby_nullsfirst,
        \(chosen) AS chosen_indexes
      """
  }

  /// The `index` column has entries of several sources: `{"type": "bloom", "column": "a", "source": "config"}`. One of
  /// a source alone says that there are to be none.
  private static func chosenIndexes(_ alias: SQL) -> SQL {
    """
    SELECT CASE WHEN count(*) > 0 THEN coalesce(string_agg(format('%s(%s)', e.index ->> 'type', (
        SELECT string_agg(quote_ident(c.name), ', ' ORDER BY c.place)
        FROM jsonb_array_elements_text(CASE jsonb_typeof(e.index -> 'column')
          WHEN 'array' THEN e.index -> 'column' ELSE jsonb_build_array(e.index -> 'column') END)
          WITH ORDINALITY AS c (name, place)
      )), ', ' ORDER BY e.place) FILTER (WHERE e.index ? 'type'), '') END
    FROM jsonb_array_elements(CASE jsonb_typeof(\(alias).index)
      WHEN 'array' THEN \(alias).index ELSE '[]' END) WITH ORDINALITY AS e (index, place)
    WHERE e.index ->> 'source' = 'config'
    """
  }

  init(_ row: Row) throws(PostgresError) {
    segmentBy = try row.flag("has_segmentby") ? try row.texts("segmentby").map(Identifier.init) : nil
    orderBy = try row.flag("has_orderby") ? try Self.order(row) : nil
    indexes = try row.optionalText("chosen_indexes")
  }

  private static func order(_ row: Row) throws(PostgresError) -> [Order] {
    let columns = try row.texts("orderby")
    let descending = try row.flags("orderby_desc")
    let nullsFirst = try row.flags("orderby_nullsfirst")
    return columns.indices.map {
      Order(
        column: Identifier(columns[$0]), isDescending: descending[$0], nullsFirst: nullsFirst[$0])
    }
  }

  /// Whether chunks compressed by these and by `other` have tuples of the same meaning. No segment-by is the same
  /// as an empty one.
  public func isSame(as other: CompressionSettings) -> Bool {
    (segmentBy ?? []) == (other.segmentBy ?? []) && orderBy == other.orderBy
      && indexes.hasSameBytes(as: other.indexes)
  }

  /// The ways to have a hypertable's settings changed to these, the best first. From 2.22 a segment-by that isn't set is
  /// chosen by TimescaleDB when it compresses, from the same indexes as the source's if all goes well; one that is set
  /// to nothing isn't.
  public func ways(
    on hypertable: QualifiedName, from other: CompressionSettings, capabilities: Capabilities
  ) -> [SQL] {
    let exact = replace(other, on: hypertable, capabilities: capabilities)
    guard capabilities.settingsCanBeReset, segmentBy == nil else { return [exact] }
    let emptied = CompressionSettings(segmentBy: [], orderBy: orderBy, indexes: indexes)
    return [exact, emptied.replace(other, on: hypertable, capabilities: capabilities)]
  }

  /// Sets a hypertable's settings to these after they were others. Unset ones stay so where that is possible.
  public func replace(
    _ other: CompressionSettings, on hypertable: QualifiedName, capabilities: Capabilities
  ) -> SQL {
    guard capabilities.settingsCanBeReset else {
      return """
        ALTER TABLE \(hypertable) SET (timescaledb.compress_segmentby = \(segmentText),
          timescaledb.compress_orderby = \(orderText));
        """
    }
    var statements: SQL = ""
    func set(_ name: SQL, _ value: String) {
      statements = statements + "ALTER TABLE \(hypertable) SET (timescaledb.\(name) = \(value));"
    }
    if other.indexes != nil {
      statements = "ALTER TABLE \(hypertable) RESET (timescaledb.compress_index);"
    }
    statements =
      statements
      + "ALTER TABLE \(hypertable) RESET (timescaledb.compress_segmentby, timescaledb.compress_orderby);"
    if segmentBy != nil { set("compress_segmentby", segmentText) }
    if orderBy != nil { set("compress_orderby", orderText) }
    if let indexes { set("compress_index", indexes) }
    return statements
  }

  /// Turns compression on with these, for chunks that come later. What isn't set is left to TimescaleDB.
  public func enabling(on relation: QualifiedName, isAggregate: Bool) -> SQL {
    var options: [SQL] = ["timescaledb.compress = true"]
    if segmentBy?.isEmpty == false { options.append("timescaledb.compress_segmentby = \(segmentText)") }
    if orderBy?.isEmpty == false { options.append("timescaledb.compress_orderby = \(orderText)") }
    let kind: SQL = isAggregate ? "MATERIALIZED VIEW" : "TABLE"
    return "ALTER \(kind) \(relation) SET (\(options.joined(separator: ", ")));"
  }

  var segmentText: String { (segmentBy ?? []).map(\.description).joined(separator: ", ") }

  var orderText: String {
    (orderBy ?? []).map { order in
      "\(order.column) \(order.isDescending ? "DESC" : "ASC") NULLS \(order.nullsFirst ? "FIRST" : "LAST")"
    }.joined(separator: ", ")
  }

  /// A hypertable's own settings, with the whole row as text to see whether they are the same again later; no row when
  /// it has none.
  public static func question(of hypertable: QualifiedName, capabilities: Capabilities) -> SQL {
    """
    SELECT row_to_json(k)::text AS whole, \(columns("k", capabilities))
    FROM _timescaledb_catalog.compression_settings AS k
    WHERE k.relid = \(hypertable.description)::regclass
    """
  }

  /// Chunks' own settings, with the whole row as text: a row for each chunk that is compressed.
  public static func question(ofChunks chunks: [QualifiedName], capabilities: Capabilities) -> SQL {
    let relations = chunks.map { "\($0.description)::regclass" as SQL }.joined(separator: ", ")
    return """
      SELECT row_to_json(k)::text AS whole, \(columns("k", capabilities))
      FROM (\(capabilities.chunks)) AS c
      JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
      JOIN pg_class AS zr ON zr.relnamespace = zn.oid AND zr.relname = c.compressed_name
      JOIN _timescaledb_catalog.compression_settings AS k ON k.relid = \(capabilities.settingsRelation(chunk: "c.relid", compressed: "zr.oid"))
      WHERE c.relid IN (\(relations))
      """
  }

  /// The answer to both questions.
  public static func answer(_ row: Row) throws(PostgresError) -> (text: String, settings: CompressionSettings)
  {
    (try row.text("whole"), try CompressionSettings(row))
  }
}
