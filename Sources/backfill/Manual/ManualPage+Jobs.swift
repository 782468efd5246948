extension ManualPage {
  static let jobs = ManualPage(
    topic: "jobs", title: "Turning jobs off and on again",
    text: #"""
      TimescaleDB's jobs, policies and user-defined ones, get in the way of copying: a
      retention policy drops what is being copied, a compression policy compresses it,
      and a refresh policy computes aggregates from empty chunks. So they have to be
      off on the target from before stage until after verify and refresh-caggs.

          timescaledb-backfill jobs off
          timescaledb-backfill jobs list
          timescaledb-backfill jobs on --stagger 30m

      TimescaleDB's own jobs, which have numbers below 1000 (telemetry, and the
      history of jobs), are left alone.

      jobs off:

      It needs no queue. The best time for it is the end of a restore, before
      timescaledb_post_restore(): until that is called, no job can run. What each job
      was is recorded in __backfill.job, in the transaction that turns it off. Jobs
      that were off before are not recorded, and stay off for good. Run again, it
      turns off jobs that are new or were turned on meanwhile; what was recorded first
      stays as it is.

      TimescaleDB ends a job that is running when it is turned off, and rolls back
      its transaction. jobs off names such a job, and waits up to 30 seconds for its
      end. What somebody runs with run_job() is not ended.

      A job that cannot be turned off keeps none of the others from it. It is named,
      and the exit code is 1:

        - The jobs of other roles need one of these roles or a superuser.
        - TimescaleDB 2.22 to 2.28 refuses to alter the refresh policy of an aggregate
          over an aggregate. A superuser may do it nevertheless, and so may a role
          with a privilege that a superuser can grant:

          GRANT UPDATE (scheduled) ON _timescaledb_config.bgw_job TO app;

      Run jobs off and jobs on as the role that stages and copies: the schema
      __backfill belongs to whoever creates it first.

      jobs on:

      It turns on what jobs off has turned off, and restores the schedule if it has
      changed since: interval, limits, retries, start and time zone. When a job runs
      next is as it was. A job that is due, or has never run, begins at once;
      --stagger TIME spreads the first runs of all that are due within TIME over it,
      in the order of their numbers.

      A job is found by its number if it still has the same procedure, hypertable or
      aggregate, and configuration. If the schema was created anew and the numbers are
      others, it is found by these three. One that is gone, has another configuration
      or could be several is named and stays recorded, and the exit code is 1.

      It refuses to run while chunks are not copied; --force turns the jobs on anyway.
      While chunks are not verified, it warns: what jobs change differs from the
      source from then on.

      When all jobs are on, the record is removed. clean keeps it while jobs are off.
      With nothing recorded, jobs on has nothing to do and exits with 0.

      By hand:

      Two faults of alter_job() make it hard to do this in SQL: it erases the time
      zone of a job if the argument timezone is not given, and in one statement over
      all jobs the refusal of one turns none off. And a time zone that is given sets
      the next start anew. The statement for a single job:

          SELECT alter_job(id, scheduled => false, timezone => timezone)
          FROM _timescaledb_config.bgw_job WHERE id = 1000;

      The source:

      The program never writes to the source. stage warns of retention policies there
      that may drop chunks before they are copied, and gives the statement that turns
      them off.
      """#)
}
