extension ManualPage {
  static let transfer = ManualPage(
    topic: "transfer", title: "The schema: what schema brings to the target",
    text: #"""
      timescaledb-backfill schema makes of an empty server, or an empty database, a
      target that can be staged into:

          export BACKFILL_SOURCE='host=old.example.com dbname=metrics user=postgres'
          export BACKFILL_TARGET='host=new.example.com dbname=metrics user=postgres'
          timescaledb-backfill schema

      It uses PostgreSQL's own pg_dumpall, pg_dump and pg_restore, which it finds in
      PATH, or in the directory that --pg-bin names. They must not be older than the
      source's PostgreSQL. For a target before PostgreSQL 17 they must be older than
      17, because later ones set a parameter that it does not know. Where versions or
      editions of TimescaleDB differ, it works from definitions, as told further on.

      Steps:

      1. Roles, with attributes, password hashes, settings and memberships. Roles that
         the target has keep what they have; only memberships are added. If the
         source's role may not read password hashes, roles get no password, and are
         named.
      2. The database, with the source's encoding, collation, owner, settings and
         privileges. A database that is there keeps its owner and its own settings.
      3. The extension, in the source's version and schema.
      4. timescaledb_pre_restore(), which turns TimescaleDB off in this database.
      5. The schema, TimescaleDB's catalog, and the rows of ordinary tables. The rows
         of chunks are left to copy. pg_dump warns of circular foreign keys in
         TimescaleDB's catalog; ignore that.
      6. timescaledb_post_restore(), in one transaction with turning all jobs off and
         recording them for jobs on. A retention policy would drop what is being
         copied, and a refresh policy would compute aggregates from empty chunks. The
         owner of the hypertables also gets what it needs to migrate (see privileges).
         The statements that take this back are shown at the end.

      From definitions (--rebuild):

      TimescaleDB's catalog can be restored only where both sides have one version and
      edition. Where they differ, or with --rebuild, one transaction replaces steps 4
      to 6, so a run that is interrupted leaves nothing behind:

      - Schemas, types, functions, tables and views come from pg_dump, without what is
        TimescaleDB's; then the rows of ordinary tables, their sequences, indexes,
        constraints and triggers.
      - Hypertables are made with all dimensions, chunk intervals, partitioning and
        integer_now functions, compression settings and attached tablespaces;
        continuous aggregates in order, without rows, with their owners, indexes,
        intervals and compression, real-time or not; then what depends on them,
        privileges, comments and event triggers; materialized views are refreshed.
      - Policies and jobs are made with all their settings, turned off, and recorded
        for jobs on. A job that the target refuses is named, and all else is made.

      Hypertables and jobs get new numbers. What the target's version or edition can't
      have is named with what to do, as are large objects and rows that were added to
      tables of extensions, which are left out. The Apache edition has no compression,
      continuous aggregates or jobs, and so no views on aggregates. stage and copy
      need the same version of TimescaleDB on both sides: update the older one first.

      The source is only read. If a retention policy is on there, it is named, with
      the statement that turns it off.

      Options:

      --managed is for a target whose role is not a superuser, as with most providers.
      The database must exist. All objects belong to that role, and so do all jobs.
      Privileges, tablespaces, comments on extensions, publications, subscriptions,
      security labels, and attributes that only a superuser can set are left out. The
      provider must let the role call timescaledb_pre_restore() and
      timescaledb_post_restore() and write to TimescaleDB's catalog.

      With --rebuild it needs no more from the provider than a role that owns the
      database. It works by the same options otherwise.

      --no-roles creates no roles; those that own something must be there. --no-tables
      leaves the rows of ordinary tables behind.

      --no-grants grants nothing to the owner of the hypertables, and keeps the record
      of jobs from it too: for the role that runs schema and everything after it.

      --print writes the steps as a script for bash, with the SQL, and does nothing.
      It has no passwords in it.

      Ordinary tables again:

          timescaledb-backfill schema --tables-only

      replaces the rows of ordinary tables by the source's, in one transaction, for
      the time after the application has stopped writing to the source. --filter and
      --exclude choose the tables: leave out those that the application writes to on
      both sides. A table that something else refers to, such as a hypertable, is
      changed row by row, by its primary key. Triggers of these tables do not fire;
      foreign keys are checked. Sequences are advanced, never set back. Materialized
      views are not refreshed, and large objects not copied. The tables are locked
      until the end. Nothing is changed if a table has no rows on the source, or fewer
      than a tenth of the target's, as then source and target may be exchanged;
      --allow-shrinking replaces them all the same.

      What is there already:

      schema changes nothing that the target has. If it has any of the source's
      objects, schema names them and exits with 1 before it writes anything. Objects
      of other names may be there, but no hypertables, unless it works from
      definitions. If all of it is there, nothing is done.

      --missing-only adds what the target lacks, always from definitions. Objects are
      compared by what they are and their names. A table that is there is left as it
      is with all that belongs to it: rows, columns, indexes, constraints, triggers,
      privileges, compression settings. So is a job that is there, on or off; a policy
      counts as there if its relation has one of its kind, any other job if its
      procedure is there with the same configuration. Hypertables and aggregates that
      are there and differ are named by check.

      If it is stopped:

      Run it again. Roles, settings, the restore and its end are one transaction each,
      so that a step is done or not. If the schema has more relations than the
      target's lock table has room for (max_locks_per_transaction), the restore is no
      transaction, as a warning says. Ended in the middle, it leaves a database that
      the other commands refuse because timescaledb.restoring is on. schema then names
      what is there. If there is nothing else in the database, drop it (DROP DATABASE)
      and run schema again.

      Passwords:

      Client programs get passwords by their environment, or a file of their own that
      only this user can read, and never by their command line.
      """#)
}
