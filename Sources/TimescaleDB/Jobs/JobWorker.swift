public import Postgres

/// A session of TimescaleDB's scheduler that runs a job now.
public struct JobWorker: Sendable, Equatable {
  public let job: Int64
  /// The server process behind it.
  public let process: Int64
  /// When it began; nil where the role may not know.
  public let since: Timestamp?

  public init(job: Int64, process: Int64, since: Timestamp?) {
    self.job = job
    self.process = process
    self.since = since
  }

  /// Those of jobs that people made. A session carries the job's name, which everybody may see, and its backend's type says
  /// that it isn't somebody's client. What a person runs with `run_job` isn't among them.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [JobWorker] {
    try connection.query(
      """
      SELECT j.id, a.pid, \(Timestamp.reading("coalesce(a.backend_start, s.last_start)")) AS since
      FROM pg_stat_activity AS a
        JOIN \(BackgroundJob.table) AS j ON j.application_name = a.application_name
        LEFT JOIN _timescaledb_internal.bgw_job_stat AS s ON s.job_id = j.id AND isfinite(s.last_start)
      WHERE j.id >= 1000 AND a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'client backend'
      ORDER BY j.id, a.pid
      """, doing: "looking for running jobs"
    ) { row throws(PostgresError) in
      JobWorker(
        job: try row.integer("id"), process: try row.integer("pid"), since: try row.optionalTimestamp("since")
      )
    }
  }
}
