public import Postgres

/// A job of TimescaleDB's scheduler that people made: a policy, or a procedure of their own. TimescaleDB's own have numbers
/// below 1000: 1 reports telemetry, 2 and 3 remove old entries of the jobs' history (2.14 to 2.31); they change nothing that
/// is copied, and are left alone.
public struct BackgroundJob: Sendable {
  public let id: Int64
  public let identity: JobIdentity
  public let owner: Identifier
  public let schedule: JobSchedule
  /// Whether it is on.
  public let isScheduled: Bool
  /// nil where that isn't set: a job that is on and has never run is begun at once.
  public let nextStart: Timestamp?
  /// nil where it has never run.
  public let lastRun: LastRun?

  public struct LastRun: Sendable, Equatable {
    public let began: Timestamp
    /// Also false while it runs, and where it was ended from outside.
    public let hasSucceeded: Bool

    public init(began: Timestamp, hasSucceeded: Bool) {
      self.began = began
      self.hasSucceeded = hasSucceeded
    }
  }

  public init(
    id: Int64, identity: JobIdentity, owner: Identifier, schedule: JobSchedule, isScheduled: Bool,
    nextStart: Timestamp? = nil, lastRun: LastRun? = nil
  ) {
    self.id = id
    self.identity = identity
    self.owner = owner
    self.schedule = schedule
    self.isScheduled = isScheduled
    self.nextStart = nextStart
    self.lastRun = lastRun
  }

  /// Whether it drops chunks by their age.
  public var dropsChunks: Bool { identity.procedure.name.name == "policy_retention" }

  /// Where jobs stand. Since 2.25 it is a view of `_timescaledb_catalog.bgw_job`, which can be written through: so one
  /// grant on it does on all versions.
  static let table: SQL = "_timescaledb_config.bgw_job"

  /// A query for the facts of jobs, for a FROM clause: the columns that `JobIdentity` and `JobSchedule` read, and `id`,
  /// `owner`, `scheduled` and `next_start`.
  public static let facts: SQL = """
    SELECT j.id, j.proc_schema::text AS procedure_schema, j.proc_name::text AS procedure_name,
      coalesce(v.user_view_schema, h.schema_name)::text AS relation_schema,
      coalesce(v.user_view_name, h.table_name)::text AS relation_name, j.config, pg_get_userbyid(j.owner)::text AS owner,
      j.schedule_interval, j.max_runtime, j.max_retries, j.retry_period, j.fixed_schedule, j.initial_start, j.timezone,
      j.scheduled, CASE WHEN isfinite(s.next_start) THEN s.next_start END AS next_start,
      CASE WHEN isfinite(s.last_start) THEN s.last_start END AS last_start,
      s.last_run_success AND isfinite(s.last_finish) AS has_succeeded
    FROM \(table) AS j
      LEFT JOIN _timescaledb_catalog.hypertable AS h ON h.id = j.hypertable_id
      LEFT JOIN _timescaledb_catalog.continuous_agg AS v ON v.mat_hypertable_id = j.hypertable_id
      LEFT JOIN _timescaledb_internal.bgw_job_stat AS s ON s.job_id = j.id
    WHERE \(isOfPeople("j.id"))
    """

  /// A condition: the job of this number is none of TimescaleDB's own.
  static func isOfPeople(_ id: SQL) -> SQL { "\(id) >= 1000" }

  /// All jobs by their numbers, on or off.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [BackgroundJob] {
    try connection.query(
      """
      SELECT f.id, \(JobIdentity.columns(of: "f")), f.owner, \(JobSchedule.columns(of: "f")), f.scheduled,
        \(Timestamp.reading("f.next_start")) AS next_start, \(Timestamp.reading("f.last_start")) AS last_start,
        coalesce(f.has_succeeded, false) AS has_succeeded
      FROM (\(facts)) AS f ORDER BY f.id
      """, doing: "listing background jobs"
    ) { row throws(PostgresError) in
      let hasSucceeded = try row.flag("has_succeeded")
      return BackgroundJob(
        id: try row.integer("id"), identity: try JobIdentity(row), owner: Identifier(try row.text("owner")),
        schedule: try JobSchedule(row), isScheduled: try row.flag("scheduled"),
        nextStart: try row.optionalTimestamp("next_start"),
        lastRun: try row.optionalTimestamp("last_start").map {
          LastRun(began: $0, hasSucceeded: hasSucceeded)
        })
    }
  }
}
