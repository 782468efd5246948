public import Postgres

/// What a hypertable's relation is like, for telling whether rows fit into it.
public struct HypertableColumns: Sendable {
  /// The hypertable's id.
  public let id: Int64
  /// Compression is turned on.
  public let compresses: Bool
  public let columns: [Column]
  public let isUnlogged: Bool

  /// Reads the answer to `Hypertable.columnsQuestion`.
  ///
  /// - Throws: `PostgresError`.
  public init(_ row: Row) throws(PostgresError) {
    id = try row.integer("id")
    compresses = try row.flag("compresses")
    columns = try Column.all(in: row)
    isUnlogged = try row.flag("is_unlogged")
  }
}

extension Hypertable {
  /// The `HypertableColumns` of one hypertable; no row when there is no such hypertable. A session needs
  /// `columnsPreparation` first.
  public static func columnsQuestion(_ name: QualifiedName) -> PreparedStatement.Execution {
    preparedColumns.execution(["\(name.schema.name)", "\(name.name.name)"])
  }

  public static func columnsPreparation(_ capabilities: Capabilities) -> SQL {
    preparedColumns.preparation(
      columnsQuestion(where: "h.schema_name = $1 AND h.table_name = $2", capabilities: capabilities))
  }

  private static let preparedColumns = PreparedStatement("backfill_hypertable", types: "name, name")

  /// The `HypertableColumns` of all hypertables, the catalog's table being `h`, that meet a condition.
  public static func columnsQuestion(where condition: SQL, capabilities: Capabilities) -> SQL {
    """
    SELECT h.id::int8, \(capabilities.compresses("h")) AS compresses, k.*, r.relpersistence = 'u' AS is_unlogged
    FROM _timescaledb_catalog.hypertable AS h
    JOIN pg_namespace AS n ON n.nspname = h.schema_name
    JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
    CROSS JOIN LATERAL (\(Column.arrays(of: "r.oid"))) AS k
    WHERE \(condition)
    """
  }
}
