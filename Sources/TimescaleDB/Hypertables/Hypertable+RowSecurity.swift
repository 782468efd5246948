public import Postgres

extension Hypertable {
  /// The hypertables on which row-level security applies to the session's role, with the role where it isn't their owner.
  ///
  /// - Throws: `PostgresError`.
  public static func underRowSecurity(
    on connection: borrowing Connection
  ) throws(PostgresError) -> [(hypertable: QualifiedName, role: Identifier?)] {
    try connection.query(
      """
      SELECT h.schema_name, h.table_name,
        CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN current_user END AS role
      FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
      WHERE c.relrowsecurity AND row_security_active(c.oid)
      ORDER BY h.schema_name, h.table_name
      """, doing: "looking for row-level security"
    ) { row throws(PostgresError) in
      (try row.name("schema_name", "table_name"), try row.optionalText("role").map(Identifier.init))
    }
  }
}
