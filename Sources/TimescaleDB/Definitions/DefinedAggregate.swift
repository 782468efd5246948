public import Postgres

/// A continuous aggregate with all that it was defined with.
public struct DefinedAggregate: Sendable, Equatable {
  /// An index, but that on its time alone which every aggregate gets.
  public struct Index: Sendable, Equatable {
    /// nil where it bears the name that the server chose.
    public var name: Identifier?
    /// What follows the table's name in its definition, as the server writes it.
    public var body: String

    public init(name: Identifier?, body: String) {
      self.name = name
      self.body = body
    }
  }

  public var view: QualifiedName
  /// As the server writes it, names with their schemas.
  public var query: String
  public var owner: Identifier
  /// Rows that aren't materialised are left out.
  public var isMaterializedOnly: Bool
  /// The id of the hypertable of the aggregate that it is over.
  public var parent: Int64?
  public var indexes: [Index] = []
  /// It has the index that every aggregate gets.
  public var hasTimeIndex = true

  public init(
    view: QualifiedName, query: String, owner: Identifier, isMaterializedOnly: Bool = true,
    parent: Int64? = nil
  ) {
    self.view = view
    self.query = query
    self.owner = owner
    self.isMaterializedOnly = isMaterializedOnly
    self.parent = parent
  }

  static let columns: SQL = """
    a.user_view_schema, a.user_view_name, a.materialized_only, a.parent_mat_hypertable_id,
      pg_get_userbyid(uc.relowner)::text AS aggregate_owner, rtrim(pg_get_viewdef(dc.oid), ';') AS aggregate_query
    """

  /// The direct view has the query as it was written, whether the aggregate is a real-time one or not.
  static let joins: SQL = """
    LEFT JOIN (_timescaledb_catalog.continuous_agg AS a
      JOIN pg_namespace AS un ON un.nspname = a.user_view_schema
      JOIN pg_class AS uc ON uc.relnamespace = un.oid AND uc.relname = a.user_view_name
      JOIN pg_namespace AS dn ON dn.nspname = a.direct_view_schema
      JOIN pg_class AS dc ON dc.relnamespace = dn.oid AND dc.relname = a.direct_view_name
    ) ON a.mat_hypertable_id = h.id
    """

  /// - Returns: nil where the hypertable isn't one's.
  init?(_ row: Row, _ indexes: [(index: Index, isTime: Bool)]) throws(PostgresError) {
    guard let view = try row.optionalName("user_view_schema", "user_view_name") else { return nil }
    self.init(
      view: view, query: try row.text("aggregate_query"), owner: Identifier(try row.text("aggregate_owner")),
      isMaterializedOnly: try row.flag("materialized_only"),
      parent: try row.optionalInteger("parent_mat_hypertable_id"))
    let time = indexes.firstIndex { $0.isTime }
    hasTimeIndex = time != nil
    self.indexes = indexes.enumerated().filter { $0.offset != time }.map(\.element.index)
  }
}

extension DefinedAggregate.Index {
  /// Of all aggregates.
  ///
  /// - Throws: `PostgresError`.
  static func all(
    on connection: borrowing Connection
  ) throws(PostgresError) -> [(hypertable: Int64, index: (index: DefinedAggregate.Index, isTime: Bool))] {
    try connection.query(
      """
      SELECT h.id, CASE WHEN NOT starts_with(r.relname, h.table_name || '_') THEN r.relname END AS name,
        b.body, b.body IN (SELECT format('USING btree (%I DESC)', d.column_name) FROM _timescaledb_catalog.dimension AS d
          WHERE d.hypertable_id = h.id) AS is_time
      FROM _timescaledb_catalog.continuous_agg AS a
      JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
      JOIN pg_index AS i ON i.indrelid = c.oid
      JOIN pg_class AS r ON r.oid = i.indexrelid
      CROSS JOIN LATERAL (SELECT \(SecondaryIndex.body(of: "i.indexrelid")) AS body) AS b
      WHERE b.body IS NOT NULL ORDER BY h.id, r.oid
      """, doing: "reading indexes of continuous aggregates"
    ) { row throws(PostgresError) in
      let index = DefinedAggregate.Index(
        name: try row.optionalText("name").map(Identifier.init), body: try row.text("body"))
      return (try row.integer("id"), (index, try row.flag("is_time")))
    }
  }
}
