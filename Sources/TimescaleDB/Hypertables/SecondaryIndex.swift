public import Postgres

/// An index of a chunk that may be dropped and made again: it backs no constraint, calls no function of users (which may
/// need another search_path than an index build has), nothing hangs on it (clustering
/// mark, replica identity, statistics targets, a comment) that its definition doesn't say, and the role may create in
/// the chunk's schema. That takes more than owning the chunk: `GRANT CREATE ON SCHEMA _timescaledb_internal`.
public struct SecondaryIndex: Sendable, Equatable {
  public let name: QualifiedName
  /// What pg_get_indexdef says; it makes the same index again under the same name.
  public let definition: SQL
  /// Empty for the database's own, which the definition doesn't say either.
  public let tablespace: String

  public init(name: QualifiedName, definition: SQL, tablespace: String) {
    self.name = name
    self.definition = definition
    self.tablespace = tablespace
  }

  /// The indexes of one chunk.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of chunk: QualifiedName, on connection: borrowing Connection
  ) throws(PostgresError) -> [SecondaryIndex] {
    try connection.query(
      """
      SELECT i.schema_name, i.index_name, pg_get_indexdef(i.oid) AS definition, i.tablespace
      FROM (\(rebuildable(of: chunk))) AS i ORDER BY i.oid
      """, doing: "listing the chunk's indexes"
    ) { row throws(PostgresError) in
      SecondaryIndex(
        name: try row.name("schema_name", "index_name"),
        definition: SQL(fromServer: try row.text("definition")), tablespace: try row.text("tablespace"))
    }
  }

  private static func rebuildable(of chunk: QualifiedName) -> SQL {
    """
    SELECT i.oid, n.nspname AS schema_name, i.relname AS index_name, coalesce(s.spcname, '') AS tablespace
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_namespace AS n ON n.oid = i.relnamespace
    LEFT JOIN pg_tablespace AS s ON s.oid = i.reltablespace
    WHERE x.indrelid = \(chunk.description)::regclass
      AND has_schema_privilege(i.relnamespace, 'CREATE') AND x.indisvalid
      AND NOT x.indisclustered AND NOT x.indisreplident AND NOT x.indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.oid)
      AND NOT EXISTS (
        SELECT FROM pg_depend AS f WHERE f.classid = 'pg_class'::regclass AND f.objid = i.oid
          AND f.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
      AND NOT EXISTS (
        SELECT FROM pg_description AS d WHERE d.objoid = i.oid AND d.classoid = 'pg_class'::regclass)
      AND NOT EXISTS (
        SELECT FROM pg_attribute AS a WHERE a.attrelid = i.oid AND coalesce(a.attstattarget, -1) >= 0)
    """
  }

  /// Of those, the ones that several transactions may do without while each loads a part of the chunk: index_name,
  /// tablespace, definition, and parent_name with parent_oid, the index of the hypertable that says how to make it again.
  /// Unique indexes aren't among them, as the application relies on what they enforce, and neither is one index that
  /// begins with the time column, by which each part is cleared.
  public static func deferrable(
    of chunk: QualifiedName, hypertable: QualifiedName, time: Identifier
  ) -> SQL {
    """
    WITH rebuildable AS (\(rebuildable(of: chunk)))
    SELECT DISTINCT ON (i.oid) i.index_name, i.tablespace, pg_get_indexdef(i.oid) AS definition,
      pi.relname AS parent_name, pi.oid AS parent_oid
    FROM rebuildable AS i
    JOIN pg_index AS x ON x.indexrelid = i.oid AND NOT x.indisunique AND NOT x.indisexclusion
    JOIN pg_index AS p ON p.indrelid = \(hypertable.description)::regclass
    JOIN pg_class AS pi ON pi.oid = p.indexrelid
    WHERE \(method(of: "i.oid")) = \(method(of: "p.indexrelid"))
      AND i.oid IS DISTINCT FROM (
        SELECT x.indexrelid FROM pg_index AS x
        JOIN pg_class AS r ON r.oid = x.indexrelid
        JOIN pg_am AS m ON m.oid = r.relam AND m.amname = 'btree'
        JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
        WHERE x.indrelid = \(chunk.description)::regclass AND x.indisvalid AND x.indpred IS NULL
          AND a.attname = \(time.name)
        ORDER BY x.indexrelid IN (SELECT oid FROM rebuildable), x.indexrelid LIMIT 1)
    ORDER BY i.oid, pi.oid
    """
  }

  /// The statement that makes an index of a chunk as an index of the hypertable is made, as an expression (the
  /// arguments are expressions too); NULL where there is no such parent.
  ///
  /// - Parameter name: quoted; NULL lets the server choose one.
  public static func making(
    _ name: SQL, on chunk: (schema: SQL, name: SQL), asParent parent: SQL
  ) -> SQL {
    definition(
      of: parent,
      as: """
        format('CREATE %sINDEX %sON %I.%I %s', CASE WHEN dx.indisunique THEN 'UNIQUE ' END, \(name) || ' ',
          \(chunk.schema), \(chunk.name), \(tail))
        """)
  }

  /// What follows ON table in an index's definition: an expression, of its OID.
  static func body(of index: SQL) -> SQL { definition(of: index, as: tail) }

  /// What makes an index what it is, but for its own and its table's name: an expression, of an index's OID.
  public static func method(of index: SQL) -> SQL {
    definition(of: index, as: "concat(dx.indisunique, \(tail))")
  }

  /// What makes an index what it is, from its noted definition and the names in it, all of them expressions. Only good for comparing: a
  /// noted text is never run.
  public static func method(
    ofDefinition text: SQL, index: SQL, on chunk: (schema: SQL, name: SQL)
  ) -> SQL {
    """
    (SELECT concat(false, substr(\(text), length(dt.head) + 1))
     FROM format('CREATE INDEX %I ON %I.%I ', \(index), \(chunk.schema), \(chunk.name)) AS dt (head)
     WHERE starts_with(\(text), dt.head))
    """
  }

  /// What follows ON table.
  private static let tail: SQL = "substr(dt.definition, length(dt.head) + 1)"

  /// Something about an index's definition; NULL where the server's text isn't made as expected.
  private static func definition(of index: SQL, as result: SQL) -> SQL {
    """
    (SELECT \(result)
     FROM pg_index AS dx
     JOIN pg_class AS di ON di.oid = dx.indexrelid
     JOIN pg_class AS dr ON dr.oid = dx.indrelid
     JOIN pg_namespace AS dn ON dn.oid = dr.relnamespace
     CROSS JOIN LATERAL (SELECT pg_get_indexdef(dx.indexrelid) AS definition,
       format('CREATE %sINDEX %I ON %I.%I ', CASE WHEN dx.indisunique THEN 'UNIQUE ' END, di.relname, dn.nspname,
         dr.relname) AS head) AS dt
     WHERE dx.indexrelid = \(index) AND starts_with(dt.definition, dt.head))
    """
  }

  public var drop: SQL { "DROP INDEX \(name)" }

  /// Makes the index again, in its tablespace.
  public var create: SQL {
    "SELECT set_config('default_tablespace', \(tablespace), true); \(definition)"
  }
}
