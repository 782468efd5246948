public import Postgres

/// What else is at work in a database and may get in a migration's way.
public enum Bystanders {
  /// A policy job of TimescaleDB's scheduler that is switched on.
  public struct Job: Sendable {
    public let id: Int64
    /// Such as "policy_retention".
    public let procedure: String
    /// What it works on, where the catalog says.
    public let hypertable: QualifiedName?
  }

  /// Jobs that people made: TimescaleDB's own have ids below 1000.
  ///
  /// - Throws: `PostgresError`.
  public static func jobs(on connection: borrowing Connection) throws(PostgresError) -> [Job] {
    try connection.query(
      """
      SELECT job_id, proc_name, hypertable_schema, hypertable_name FROM timescaledb_information.jobs
      WHERE scheduled AND job_id >= 1000 ORDER BY job_id
      """, doing: "listing background jobs"
    ) { row throws(PostgresError) in
      Job(id: try row.integer(0), procedure: try row.text(1), hypertable: row.optionalName(2))
    }
  }

  /// Foreign keys that could reject migrated rows, as phrases.
  ///
  /// - Throws: `PostgresError`.
  public static func foreignKeys(
    of hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    try foreignKeys("conrelid", among: hypertables, on: connection)
  }

  /// Foreign keys of other tables that refer to rows which may be replaced, as phrases.
  ///
  /// - Throws: `PostgresError`.
  public static func references(
    to hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    try foreignKeys("confrelid", among: hypertables, on: connection)
  }

  /// - Parameter end: the column that says which table refers (conrelid) or is referred to (confrelid).
  private static func foreignKeys(
    _ end: SQL, among hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    guard !hypertables.isEmpty else { return [] }
    return try connection.query(
      """
      SELECT format('%I of %s refers to %s', c.conname, c.conrelid::regclass, c.confrelid::regclass)
      FROM pg_constraint AS c
      WHERE c.\(end) IN (\(relations(hypertables))) AND c.contype = 'f'
      ORDER BY 1
      """, doing: "listing foreign keys"
    ) { row throws(PostgresError) in try row.text(0) }
  }

  /// The hypertables on which row-level security applies to the session's role.
  ///
  /// - Throws: `PostgresError`.
  public static func rowSecurity(
    on connection: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName] {
    try connection.query(
      """
      SELECT h.schema_name, h.table_name FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
      WHERE c.relrowsecurity AND row_security_active(c.oid)
      ORDER BY 1, 2
      """, doing: "looking for row-level security"
    ) { row throws(PostgresError) in try row.name(0) }
  }

  private static func relations(_ hypertables: [Hypertable]) -> SQL {
    hypertables.map { "\($0.name.description)::regclass" as SQL }.joined(separator: ", ")
  }
}
