public import Postgres

extension Hypertable {
  /// The hypertables on which row-level security applies to the session's role.
  ///
  /// - Throws: `PostgresError`.
  public static func underRowSecurity(
    on connection: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName] {
    try connection.query(
      """
      SELECT h.schema_name, h.table_name FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
      WHERE c.relrowsecurity AND row_security_active(c.oid)
      ORDER BY h.schema_name, h.table_name
      """, doing: "looking for row-level security"
    ) { row throws(PostgresError) in try row.name("schema_name", "table_name") }
  }
}
