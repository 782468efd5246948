public import Postgres

/// What a role may do to jobs beside `alter_job`.
public struct JobPrivileges: Sendable {
  /// Turn any job on or off in the catalog.
  public let maySwitch: Bool
  /// Change schedules in the catalog, and say when a job runs next.
  public let mayPlan: Bool
  /// Have the scheduler begin anew, which makes it read the catalog.
  public let mayRestartScheduler: Bool

  /// What a superuser grants for `maySwitch`, and no more.
  public static func switching(role: Identifier) -> SQL {
    MigrationPrivilege.switchingJobs(role).granting
  }

  /// The restart, for a session without a transaction.
  public static let restartingScheduler: SQL = "SELECT _timescaledb_functions.restart_background_workers()"

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> JobPrivileges {
    let found = try connection.query(
      """
      SELECT has_column_privilege('\(BackgroundJob.table)', 'scheduled', 'UPDATE') AS may_switch,
        has_table_privilege('\(BackgroundJob.table)', 'UPDATE')
          AND has_table_privilege('_timescaledb_internal.bgw_job_stat', 'INSERT')
          AND has_table_privilege('_timescaledb_internal.bgw_job_stat', 'UPDATE') AS may_plan,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_restart
      """, doing: "looking for privileges on jobs"
    ) { row throws(PostgresError) in
      JobPrivileges(
        maySwitch: try row.flag("may_switch"), mayPlan: try row.flag("may_plan"),
        mayRestartScheduler: try row.flag("may_restart"))
    }
    return found.first ?? JobPrivileges(maySwitch: false, mayPlan: false, mayRestartScheduler: false)
  }
}
