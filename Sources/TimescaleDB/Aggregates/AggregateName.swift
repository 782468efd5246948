public import Postgres

/// What users call the hypertables behind a database's continuous aggregates.
public enum AggregateName {
  public static let question: SQL = """
    SELECT h.schema_name, h.table_name, a.user_view_schema, a.user_view_name
    FROM _timescaledb_catalog.continuous_agg AS a
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id;
    """

  /// Views by their hypertables.
  ///
  /// - Throws: `PostgresError`.
  public static func answer(
    on connection: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: QualifiedName] {
    let found = try connection.nextRows(doing: "reading continuous aggregates") { row throws(PostgresError) in
      (
        hypertable: try row.name("schema_name", "table_name"),
        view: try row.name("user_view_schema", "user_view_name")
      )
    }
    return Dictionary(found.map { ($0.hypertable, $0.view) }, uniquingKeysWith: { first, _ in first })
  }
}
