public import Postgres

extension Hypertable {
  /// A hypertable's id, whether it has compression turned on, its columns, and whether it is unlogged; no row when
  /// there is no such hypertable. A session needs `columnsPreparation` first.
  public static func columnsQuestion(_ name: QualifiedName) -> SQL {
    preparedColumns.execution(["\(name.schema.name)", "\(name.name.name)"])
  }

  public static let columnsPreparation = preparedColumns.preparation(
    columnsQuestion(where: "h.schema_name = $1 AND h.table_name = $2"))

  private static let preparedColumns = PreparedStatement("backfill_hypertable", types: "name, name")

  /// The same for all hypertables, the catalog's table being `h`, that meet a condition.
  /// To 2.28 compression_state tells, from 2.29 a status bit (src/hypertable.h).
  public static func columnsQuestion(where condition: SQL) -> SQL {
    """
    SELECT h.id::int8, h.compression_state = 1 OR h.status & 4 <> 0, k.*, r.relpersistence = 'u'
    FROM _timescaledb_catalog.hypertable AS h
    JOIN pg_namespace AS n ON n.nspname = h.schema_name
    JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
    CROSS JOIN LATERAL (\(Column.arrays(of: "r.oid"))) AS k
    WHERE \(condition)
    """
  }
}
