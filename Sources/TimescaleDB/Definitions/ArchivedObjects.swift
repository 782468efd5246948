public import Postgres

/// Objects that an archive of pg_dump has as if they were ordinary ones, by their places in the source's catalogs.
public struct ArchivedObjects: Sendable {
  /// Views of continuous aggregates.
  public var aggregates: Set<ObjectAddress> = []
  /// Foreign keys to hypertables, which are made when these are there.
  public var references: Set<ObjectAddress> = []
  /// Triggers that TimescaleDB makes by itself.
  public var triggers: Set<ObjectAddress> = []
  /// Materialized views that have rows, by name.
  public var filledViews: [ObjectAddress: QualifiedName] = [:]

  public init() {}

  /// - Throws: `PostgresError`.
  public static func find(on source: borrowing Connection) throws(PostgresError) -> ArchivedObjects {
    let found = try source.query(question, doing: "reading the source's objects") {
      row throws(PostgresError) in
      (
        kind: try row.text("kind"),
        address: ObjectAddress(catalog: try row.integer("catalog"), object: try row.integer("object")),
        name: try row.optionalName("schema_name", "name")
      )
    }
    var objects = ArchivedObjects()
    for (kind, address, name) in found {
      switch kind {
      case "aggregate": objects.aggregates.insert(address)
      case "reference": objects.references.insert(address)
      case "trigger": objects.triggers.insert(address)
      default: objects.filledViews[address] = name
      }
    }
    return objects
  }

  private static let question: SQL = """
    WITH hypertable AS (
      SELECT c.oid FROM _timescaledb_catalog.hypertable AS h JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
    )
    SELECT 'aggregate' AS kind, 'pg_class'::regclass::oid::bigint AS catalog, c.oid::bigint AS object,
      NULL AS schema_name, NULL AS name
    FROM _timescaledb_catalog.continuous_agg AS a JOIN pg_namespace AS n ON n.nspname = a.user_view_schema
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = a.user_view_name
    UNION ALL
    SELECT 'reference', 'pg_constraint'::regclass::oid::bigint, o.oid::bigint, NULL, NULL
    FROM pg_constraint AS o WHERE o.contype = 'f' AND o.confrelid IN (SELECT oid FROM hypertable)
    UNION ALL
    SELECT 'trigger', 'pg_trigger'::regclass::oid::bigint, t.oid::bigint, NULL, NULL
    FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE NOT t.tgisinternal AND n.nspname ~ '^_timescaledb_'
    UNION ALL
    SELECT 'filled view', 'pg_class'::regclass::oid::bigint, c.oid::bigint, n.nspname, c.relname
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'm' AND c.relispopulated
    """
}
