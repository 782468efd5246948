extension ManualPage {
  static let privileges = ManualPage(
    topic: "privileges", title: "What the roles must be allowed to do",
    text: #"""
      Source:

      SELECT on the hypertables and on the views of the continuous aggregates.

      For schema, a superuser, or a role that may read all that is dumped. Without a
      superuser, password hashes cannot be read.

      Target:

      For schema, a superuser, or with --managed what the page transfer says. It gives
      the owner of the hypertables the privileges below, but those on parameters.

      The role must own the hypertables and continuous aggregates, or be a member of
      the role that owns them. It needs CREATE on the database to create the schema
      __backfill. It need not be a superuser.

          GRANT CREATE ON DATABASE metrics TO app;

      The program uses five more privileges if the role has them. A superuser can
      grant them for the time of the migration:

          -- TimescaleDB 2.22 and later: indexes are built after loading
          GRANT CREATE ON SCHEMA _timescaledb_internal TO app;
          -- Sizes of compressed chunks
          GRANT UPDATE ON _timescaledb_catalog.compression_chunk_size TO app;
          -- TimescaleDB 2.22 to 2.28: jobs off and jobs on reach the refresh policies
          -- of aggregates over aggregates
          GRANT UPDATE (scheduled) ON _timescaledb_config.bgw_job TO app;

      On PostgreSQL 15 and later, also:

          -- TimescaleDB 2.23 to 2.27: no invalidations for copied rows
          GRANT SET ON PARAMETER timescaledb.restoring TO app;
          -- TimescaleDB up to 2.22: the same for the chunk at the completion point.
          -- Any version: copy --disable-triggers
          GRANT SET ON PARAMETER session_replication_role TO app;

      The pages invalidations, tuning, triggers and jobs tell what each is for.
      Revoke them after the migration:

          REVOKE CREATE ON SCHEMA _timescaledb_internal FROM app;
          REVOKE UPDATE ON _timescaledb_catalog.compression_chunk_size FROM app;
          REVOKE UPDATE (scheduled) ON _timescaledb_config.bgw_job FROM app;

      On PostgreSQL 15 and later, also:

          REVOKE SET ON PARAMETER timescaledb.restoring, session_replication_role
            FROM app;

      Sizes of compressed chunks:

      An ordinary owner may not record the sizes of a compressed chunk that stage
      created. Then chunk_compression_stats(), hypertable_compression_stats() and
      similar functions show nothing for it. Up to TimescaleDB 2.22,
      approximate_row_count() also leaves its rows out. Queries and policies do not
      use these numbers. With UPDATE on compression_chunk_size, the program records
      the sizes that the source has. A chunk restored from a dump has them already,
      and decompress_chunk() followed by compress_chunk() creates them.

      Row-level security:

      Row-level security neither hides rows from the program nor is bypassed. If a
      policy applies to the role on either side, stage, copy and verify refuse to run.
      Use a role with BYPASSRLS, or the tables' owner without FORCE ROW LEVEL
      SECURITY.

      The queue:

      The queue is written with the role's privileges. The schema __backfill and its
      tables must therefore belong to the role, or to a role whose privileges it has.
      For a superuser, having every privilege is not enough: the owner must be the
      superuser itself, another superuser, a role granted to it, or the database's
      owner. A trigger whose function is not the role's own, a rule, a policy, a
      default, an inheriting table and the like on these tables are refused, too.
      """#)
}
