extension ManualPage {
  static let troubleshooting = ManualPage(
    topic: "troubleshooting", title: "Symptoms and remedies",
    text: #"""
      Before a migration:

        pg_dump: server version mismatch
            Use the tools of the newer of the two servers. Debian keeps them in
            /usr/lib/postgresql/VERSION/bin.
        pg_dump: circular foreign keys
            Harmless. They belong to TimescaleDB's catalog.
        role "..." already exists
            roles.sql creates a role that the target has. Remove its CREATE ROLE and
            ALTER ROLE lines.
        password authentication failed after restoring roles
            roles.sql replaced the role's password with the source's. Use that
            password, and leave the role out the next time.
        alter_job: multiple refresh policies are not supported
            TimescaleDB 2.22 to 2.28 refuse to alter the refresh policy of an
            aggregate over an aggregate. A statement over all jobs then changes none
            of them. Use jobs off, and see jobs.
        A job has lost its time zone
            alter_job() erases it if the argument timezone is not given.
        the database is still being restored
            timescaledb_post_restore() was not called. Run jobs off, then call it.

      stage:

        the role ... may not create the schema __backfill
            GRANT CREATE ON DATABASE; see privileges.
        ... cannot be compared with the time of ...
            The hypertables have time dimensions of different types. Stage them one
            after the other with --filter.
        TimescaleDB is ... on the source and ... on the target
            Bring both to the same version with ALTER EXTENSION timescaledb UPDATE.
        source and target may be exchanged
            Compare the connection strings. If the target really has far more rows
            than the source, use --allow-shrinking.
        background jobs are still scheduled on the target
            Turn them off until the end with jobs off, so that they neither drop nor
            compress what is being copied; see jobs.
        schema __backfill belongs to role ...
            Another role has run jobs off or stage. Run all commands on the target as
            one role.

      copy and verify:

        A chunk fails again and again
            The queue holds the reason: see "What failed, and why" on the page
            queue.
        Waiting for a lock
            The message names who holds it. Long transactions of the application are
            the usual cause; see locks.
        A chunk differs
            See verification.
        ... left to copy, locked by something other than a running copy
            Another session or a prepared transaction has locked their rows in the
            queue. It is named; end it with pg_terminate_backend() or ROLLBACK
            PREPARED.
        Copying is slow
            Raise --parallelism, and see "Indexes" on the page tuning: the privilege
            on _timescaledb_internal is often missing.
        The target's disk fills up
            Free space and run copy again. Write-ahead log kept for replicas or
            archiving is the usual cause.

      After a migration:

        Retention does not run on the target
            The dump carries the job's state on the source, where it was off. jobs
            list shows it; turn it on with alter_job().
        duplicate key in a sequence
            Run the sequence commands of README's step 10.
        A continuous aggregate has a gap
            Run refresh-caggs; see aggregates.
        A chunk lacks indexes
            Its last part is not copied yet: run copy. When all is copied, clean
            rebuilds what is still missing; see "Large chunks" on the page tuning.
      """#)
}
