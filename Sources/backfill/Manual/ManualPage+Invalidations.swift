extension ManualPage {
  static let invalidations = ManualPage(
    topic: "invalidations", title: "What counts as changed for continuous aggregates",
    text: #"""
      Rows written to a hypertable with continuous aggregates are normally logged as
      changes, and the aggregates are computed again for their time. For copied
      history that work is needless. How it is avoided depends on the version of
      TimescaleDB:

        2.14 to 2.22    The trigger that logs is taken off the chunk for the
                        transaction and put back. The chunk at the completion point
                        keeps it, as live rows may arrive there, and logs its own
                        range, unless the role may set session_replication_role and
                        the chunk has no other triggers.
        2.23 to 2.27    Compressed batches are not logged. Nothing else is logged
                        either if the role may set timescaledb.restoring; otherwise it
                        is.
        2.28 and later  Suppressed (timescaledb.skip_cagg_invalidation).

      The page privileges shows the two grants. Up to 2.27, rows that are inserted
      through the hypertable are always logged.

      If an aggregate of the target's hypertable was refreshed after staging, whatever
      is copied into the refreshed range is logged, on every version, so that the next
      refresh computes it again. Compressed chunks are compressed anew for that. The
      same holds for chunks that are copied again (copy --again), as the aggregates
      may have seen their earlier rows.

      When logged changes matter:

      Logged changes do no harm where the target has all raw rows of that time:
      computing again gives the same result. (The tests refresh every aggregate after
      a migration that was logged.) The exception is a bucket of which retention has
      already dropped some raw rows. There, refresh policies need a start_offset that
      is shorter than the retention by one bucket, as they do on the source.
      """#)
}
