public import Postgres

extension Hypertable {
  /// Whether a hypertable has compression turned on, and its columns; no row when there is no such hypertable.
  /// To 2.28 compression_state tells, from 2.29 a status bit (src/hypertable.h).
  public static func columnsQuestion(_ name: QualifiedName) -> SQL {
    """
    SELECT h.compression_state = 1 OR h.status & 4 <> 0, k.*
    FROM _timescaledb_catalog.hypertable AS h
    JOIN pg_namespace AS n ON n.nspname = h.schema_name
    JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
    CROSS JOIN LATERAL (\(Column.arrays(of: "r.oid"))) AS k
    WHERE h.schema_name = \(name.schema.name) AND h.table_name = \(name.name.name)
    """
  }
}
