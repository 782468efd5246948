public import Postgres

/// A table of a person's own that has rows and is no hypertable: neither TimescaleDB's, nor a chunk, nor an extension's.
/// Of a partitioned table its partitions.
public struct OrdinaryTable: Sendable, Equatable {
  /// A trigger that fires for rows.
  public struct Trigger: Sendable, Equatable {
    public var name: Identifier
    /// As ALTER TABLE turns it on again: "", "ALWAYS " or "REPLICA ".
    public var mode: SQL
  }

  public var name: QualifiedName
  /// Without generated ones, in order.
  public var columns: [Identifier]
  /// Of the primary key; empty where there is none.
  public var key: [Identifier]
  /// People's own, that are on.
  public var triggers: [Trigger]

  public init(
    name: QualifiedName, columns: [Identifier] = [], key: [Identifier] = [], triggers: [Trigger] = []
  ) {
    self.name = name
    self.columns = columns
    self.key = key
    self.triggers = triggers
  }

  /// By name.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [OrdinaryTable] {
    try connection.query(question, doing: "listing ordinary tables") { row throws(PostgresError) in
      let modes = try row.texts("trigger_modes")
      let triggers = zip(try row.texts("triggers"), modes).map { name, mode in
        Trigger(name: Identifier(name), mode: mode == "A" ? "ALWAYS " : mode == "R" ? "REPLICA " : "")
      }
      return OrdinaryTable(
        name: try row.name("nspname", "relname"), columns: try row.texts("columns").map(Identifier.init),
        key: try row.texts("key").map(Identifier.init), triggers: triggers)
    }
  }

  private static let question: SQL = """
    SELECT n.nspname, c.relname,
      ARRAY(SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ORDER BY a.attnum) AS columns,
      ARRAY(SELECT a.attname::text FROM pg_index AS i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place) AS key,
      ARRAY(SELECT t.tgname::text FROM pg_trigger AS t
        WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY t.oid) AS triggers,
      ARRAY(SELECT t.tgenabled::text FROM pg_trigger AS t
        WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY t.oid) AS trigger_modes
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '__backfill')
      AND \(TimescaleSchemas.isOther("n.nspname")) AND NOT \(Hypertables.isOne("c.oid"))
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid AND \(Hypertables.isOne("i.inhparent")))
      AND NOT \(ExtensionMember.isOne("pg_class", "c.oid"))
    ORDER BY n.nspname, c.relname
    """

  private enum Hypertables {
    static func isOne(_ oid: SQL) -> SQL {
      """
      EXISTS (SELECT FROM _timescaledb_catalog.hypertable AS h JOIN pg_namespace AS hn ON hn.nspname = h.schema_name
        JOIN pg_class AS hc ON hc.relnamespace = hn.oid AND hc.relname = h.table_name WHERE hc.oid = \(oid))
      """
    }
  }
}

/// A foreign key as the order of loading needs it.
public struct TableReference: Sendable, Hashable {
  public var constraint: Identifier
  public var table: QualifiedName
  public var referenced: QualifiedName
  public var isDeferrable: Bool

  public init(constraint: Identifier, table: QualifiedName, referenced: QualifiedName, isDeferrable: Bool) {
    self.constraint = constraint
    self.table = table
    self.referenced = referenced
    self.isDeferrable = isDeferrable
  }

  /// All of the database, chunks' included.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [TableReference] {
    try connection.query(
      """
      SELECT o.conname, n.nspname, c.relname, fn.nspname AS referenced_schema, f.relname AS referenced_name,
        o.condeferrable
      FROM pg_constraint AS o
      JOIN pg_class AS c ON c.oid = o.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_class AS f ON f.oid = o.confrelid JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
      WHERE o.contype = 'f' ORDER BY n.nspname, c.relname, o.conname
      """, doing: "looking at foreign keys"
    ) { row throws(PostgresError) in
      TableReference(
        constraint: Identifier(try row.text("conname")), table: try row.name("nspname", "relname"),
        referenced: try row.name("referenced_schema", "referenced_name"),
        isDeferrable: try row.flag("condeferrable"))
    }
  }
}
