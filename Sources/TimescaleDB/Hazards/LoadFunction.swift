public import Postgres

/// A function of somebody's that runs when rows are put into a hypertable: of a trigger, a CHECK constraint (a domain's
/// too), a generated column, an index's expression or predicate, or behind an operator in one of these.
public struct LoadFunction: Sendable {
  /// As the server writes it, with its arguments' types.
  public let signature: String
  public let hypertable: QualifiedName
  public let owner: Identifier
  /// The owner is neither a superuser nor a role whose rights the session has for other reasons than being a superuser.
  public let isForeign: Bool

  /// The server's own functions and TimescaleDB's aren't among them: there is no dependency on the former.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: Set<QualifiedName>, on connection: borrowing Connection
  ) throws(PostgresError) -> [LoadFunction] {
    guard !hypertables.isEmpty else { return [] }
    return try connection.query(question(hypertables), doing: "looking for functions that loading runs") {
      row throws(PostgresError) in
      LoadFunction(
        signature: try row.text("signature"), hypertable: try row.name("nspname", "relname"),
        owner: Identifier(try row.text("owner")), isForeign: try row.flag("is_foreign"))
    }
  }

  private static func question(_ hypertables: Set<QualifiedName>) -> SQL {
    let list = hypertables.map { "(\($0.schema.name), \($0.name.name))" as SQL }.joined(separator: ", ")
    return """
      WITH h AS (
        SELECT r.oid, n.nspname, r.relname FROM pg_class AS r JOIN pg_namespace AS n ON n.oid = r.relnamespace
        WHERE (n.nspname::text, r.relname::text) IN (\(list))
      ), parts AS (
        \(parts)
      ), called AS (
        SELECT p.hypertable, coalesce(o.oprcode::oid, d.refobjid) AS function
        FROM parts AS p
        JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.id
          AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
        LEFT JOIN pg_operator AS o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
      )
      SELECT DISTINCT f.oid::regprocedure::text AS signature, h.nspname, h.relname, o.rolname AS owner,
        NOT o.rolsuper AND o.oid <> me.oid AND (me.rolsuper OR NOT pg_has_role(o.oid, 'MEMBER')) AS is_foreign
      FROM called AS c
      JOIN h ON h.oid = c.hypertable
      JOIN pg_proc AS f ON f.oid = c.function
      JOIN pg_roles AS o ON o.oid = f.proowner
      JOIN pg_roles AS me ON me.rolname = current_user
      WHERE NOT EXISTS (
        SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'timescaledb'
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_extension'::regclass)
      ORDER BY signature, h.nspname, h.relname
      """
  }

  /// What may call a function while rows are put into one of the hypertables `h`, as pg_depend knows it.
  private static let parts: SQL = """
    SELECT h.oid AS hypertable, 'pg_class'::regclass AS class, x.indexrelid AS id
    FROM h JOIN pg_index AS x ON x.indrelid = h.oid
    UNION ALL
    SELECT h.oid, 'pg_constraint'::regclass, c.oid
    FROM h JOIN pg_constraint AS c ON c.conrelid = h.oid AND c.contype = 'c'
    UNION ALL
    SELECT h.oid, 'pg_constraint'::regclass, c.oid
    FROM h JOIN pg_attribute AS a ON a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_constraint AS c ON c.contypid = a.atttypid
    UNION ALL
    SELECT h.oid, 'pg_attrdef'::regclass, d.oid
    FROM h JOIN pg_attribute AS a ON a.attrelid = h.oid AND a.attgenerated <> ''
    JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL
    SELECT h.oid, 'pg_trigger'::regclass, t.oid
    FROM h JOIN pg_trigger AS t ON t.tgrelid = h.oid AND NOT t.tgisinternal
    """
}
