public import Postgres

/// Tables of extensions in which people have put rows of their own, such as PostGIS's of reference systems: a dump has these
/// rows, as the extension does not bring them.
public enum ExtensionRows {
  /// Those of all extensions but TimescaleDB.
  ///
  /// - Throws: `PostgresError`.
  public static func tables(on source: borrowing Connection) throws(PostgresError) -> [QualifiedName] {
    let operation = "looking at the rows of extensions"
    let marked = try source.query(
      """
      SELECT n.nspname, c.relname, x.condition
      FROM pg_extension AS e CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS x (relation, condition)
      JOIN pg_class AS c ON c.oid = x.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE e.extname <> 'timescaledb' AND c.relkind IN ('r', 'p') ORDER BY 1, 2
      """, doing: operation
    ) { row throws(PostgresError) in
      (table: try row.name("nspname", "relname"), condition: try row.optionalText("condition") ?? "")
    }
    var tables: [QualifiedName] = []
    for (table, condition) in marked {
      // The condition is the extension's, as pg_dump takes it.
      let found = try source.query(
        "SELECT EXISTS (SELECT FROM \(table) \(SQL(fromServer: condition))) AS has_rows", doing: operation
      ) { row throws(PostgresError) in try row.flag("has_rows") }
      if found.first == true { tables.append(table) }
    }
    return tables
  }
}
