public import Postgres

/// A policy job of TimescaleDB's scheduler that is switched on, and may change what is being copied.
public struct BackgroundJob: Sendable {
  public let id: Int64
  /// Such as "policy_retention".
  public let procedure: String
  /// What it works on, where the catalog says.
  public let hypertable: QualifiedName?

  /// Jobs that people made: TimescaleDB's own have ids below 1000.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [BackgroundJob] {
    try connection.query(
      """
      SELECT job_id, proc_name, hypertable_schema, hypertable_name FROM timescaledb_information.jobs
      WHERE scheduled AND job_id >= 1000 ORDER BY job_id
      """, doing: "listing background jobs"
    ) { row throws(PostgresError) in
      BackgroundJob(
        id: try row.integer("job_id"), procedure: try row.text("proc_name"),
        hypertable: try row.optionalName("hypertable_schema", "hypertable_name"))
    }
  }
}
