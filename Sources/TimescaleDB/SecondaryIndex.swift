public import Postgres

/// An index of a chunk that may be dropped and made again: it backs no constraint, nothing hangs on it (clustering
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
      SELECT n.nspname, i.relname, pg_get_indexdef(i.oid), coalesce(s.spcname, '')
      FROM pg_index AS x
      JOIN pg_class AS i ON i.oid = x.indexrelid
      JOIN pg_namespace AS n ON n.oid = i.relnamespace
      LEFT JOIN pg_tablespace AS s ON s.oid = i.reltablespace
      WHERE x.indrelid = \(chunk.description)::regclass
        AND has_schema_privilege(i.relnamespace, 'CREATE') AND x.indisvalid AND NOT x.indisclustered AND NOT x.indisreplident AND NOT x.indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.oid)
        AND NOT EXISTS (
          SELECT FROM pg_description AS d WHERE d.objoid = i.oid AND d.classoid = 'pg_class'::regclass)
        AND NOT EXISTS (
          SELECT FROM pg_attribute AS a WHERE a.attrelid = i.oid AND coalesce(a.attstattarget, -1) >= 0)
      ORDER BY i.oid
      """, doing: "listing the chunk's indexes"
    ) { row throws(PostgresError) in
      SecondaryIndex(
        name: QualifiedName(try row.text(0), try row.text(1)),
        definition: SQL(fromServer: try row.text(2)), tablespace: try row.text(3))
    }
  }

  public var drop: SQL { "DROP INDEX \(name)" }

  /// Makes the index again, in its tablespace.
  public var create: SQL {
    "SELECT set_config('default_tablespace', \(tablespace), true); \(definition)"
  }
}
