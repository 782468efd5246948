public import Postgres

/// Turns a job on or off, and nothing else but what is said.
public struct JobAlteration: Sendable {
  private let job: BackgroundJob
  private let isScheduled: Bool
  private let schedule: JobSchedule
  private let nextStart: SQL
  private let setsNextStart: Bool

  /// - Parameters:
  ///   - schedule: that it has from now on; nil leaves what it has.
  ///   - nextStart: an expression for a timestamptz; nil, or one that is NULL, leaves what it has.
  public init(_ job: BackgroundJob, on isScheduled: Bool, schedule: JobSchedule? = nil, nextStart: SQL? = nil)
  {
    self.job = job
    self.isScheduled = isScheduled
    self.schedule = schedule ?? job.schedule
    let present: SQL =
      "(SELECT s.next_start FROM _timescaledb_internal.bgw_job_stat AS s WHERE s.job_id = \(job.id) AND isfinite(s.next_start))"
    setsNextStart = nextStart != nil
    self.nextStart = nextStart.map { "coalesce(\($0), \(present))" } ?? present
  }

  /// The statement for the job's owner. A time zone that isn't given is erased, one that is given sets the next start
  /// anew, and so that is given too (tsl/src/bgw_policy/job_api.c, 2.14.0 to 2.29.2).
  ///
  /// - Parameter schema: of TimescaleDB's public functions.
  public func statement(schema: Identifier) -> SQL {
    let others = schedule.differences(from: job.schedule).map { ", \($0.name) => \($0.value)" as SQL }
    return """
      SELECT FROM \(schema).alter_job(\(job.id)::integer, scheduled => \(isScheduled), timezone => \(schedule.timezone),
        next_start => \(nextStart)\(others.joined(separator: "")));
      """
  }

  /// The statements for a role that may write the catalog (`JobPrivileges`), where `alter_job` refuses: 2.22 to 2.28 do so
  /// for the refresh policy of an aggregate over an aggregate. The scheduler isn't told.
  ///
  /// - Parameter plans: writes the schedule and the next start too, where they are to change.
  public func direct(plans: Bool) -> SQL {
    guard plans else { return update([]) }
    var columns = schedule.differences(from: job.schedule).map { "\($0.name) = \($0.value)" as SQL }
    if schedule.timezone != job.schedule.timezone { columns.append("timezone = \(schedule.timezone)") }
    return update(columns) + (setsNextStart ? settingNextStart : "")
  }

  private func update(_ columns: [SQL]) -> SQL {
    """
    UPDATE \(BackgroundJob.table) SET scheduled = \(isScheduled)\(columns.map { ", " + $0 }.joined(separator: ""))
    WHERE id = \(job.id);
    """
  }

  /// With the values that TimescaleDB gives a job that has never run (`bgw_job_stat_insert_relation` in
  /// src/bgw/job_stat.c).
  private var settingNextStart: SQL {
    """
    INSERT INTO _timescaledb_internal.bgw_job_stat (job_id, last_start, last_finish, next_start, last_successful_finish,
      last_run_success, total_runs, total_duration, total_duration_failures, total_successes, total_failures,
      total_crashes, consecutive_failures, consecutive_crashes, flags)
    SELECT \(job.id), '-infinity', '-infinity', n.next_start, '-infinity', true, 0, interval '0', interval '0', 0, 0, 0, 0,
      0, 0
    FROM (SELECT \(nextStart) AS next_start) AS n WHERE n.next_start IS NOT NULL
    ON CONFLICT (job_id) DO UPDATE SET next_start = excluded.next_start;
    """
  }

  /// Turns off all jobs that are on, but those whose numbers are in a table, in a script that makes no use of what a server
  /// says to each.
  ///
  /// - Parameters:
  ///   - schema: of TimescaleDB's public functions.
  ///   - directly: for a superuser. Otherwise those stay on that `alter_job` refuses in some versions (see `direct`).
  public static func turningAllOff(but table: SQL, schema: Identifier, directly: Bool) -> SQL {
    let condition: SQL =
      "\(BackgroundJob.isOfPeople("j.id")) AND j.scheduled AND j.id NOT IN (SELECT id FROM \(table))"
    return directly
      ? "UPDATE \(BackgroundJob.table) AS j SET scheduled = false WHERE \(condition);"
      : """
      SELECT FROM \(BackgroundJob.table) AS j
        CROSS JOIN LATERAL \(schema).alter_job(j.id, scheduled => false, timezone => j.timezone) AS a
      WHERE \(condition) AND (j.proc_name <> 'policy_refresh_continuous_aggregate' OR NOT EXISTS (
        SELECT FROM _timescaledb_catalog.continuous_agg AS v
        WHERE v.mat_hypertable_id = j.hypertable_id AND v.parent_mat_hypertable_id IS NOT NULL));
      """
  }

  /// Keeps the numbers of all jobs in a temporary table until the transaction ends.
  public static func noting(in table: SQL) -> SQL {
    "CREATE TEMPORARY TABLE \(table) ON COMMIT DROP AS SELECT id FROM \(BackgroundJob.table);"
  }
}
