extension ManualPage {
  static let aggregates = ManualPage(
    topic: "aggregates", title: "Continuous aggregates during and after a migration",
    text: #"""
      stage and copy move the rows of continuous aggregates as they are, up to the
      time to which the source has refreshed them. refresh-caggs then refreshes the
      target's aggregates from the end of what was staged to where the source's
      aggregates are refreshed.

      refresh-caggs needs the queue for itself. It refuses to run while chunks from
      which it would compute are not copied; --force continues anyway.

      An aggregate is refreshed in parts, at the bounds of the chunks that it is
      computed from, each committed by itself. Run again after a stop or a failure,
      refresh-caggs continues with the parts that are left; of those that are done, it
      computes what has changed since. --force begins anew.

      Refreshing in two steps:

      If no host reaches both databases, refresh on each side:

          timescaledb-backfill refresh-caggs --watermarks-to watermarks.json
          timescaledb-backfill refresh-caggs --watermarks-from watermarks.json

      The first command needs only --source, and --filter chooses what it writes. The
      file holds the watermarks, the identity of the source and where buckets begin:
      of each aggregate the newest 10,000, in at most a million rows. It has a
      checksum, and takes its name when all is written. The second command needs only
      --target. It does and refuses what the refresh in one step does and refuses, and
      computes up to the watermarks in the file.

      Aggregates that reach further back than the raw data:

      If retention has dropped raw rows, a continuous aggregate holds the only copy of
      what they summed up. A refresh deletes aggregated rows if it covers a range that
      counts as changed and has no raw rows.

      - On a target that was restored from a dump, the record of what counts as
        changed comes from the source. The target behaves as the source does.
      - refresh-caggs starts where staging ended, whatever the target's own watermark
        is. Copied buckets stay, and no hole is left before a range that something
        else refreshed. From TimescaleDB 2.18 on, it computes that time even where
        TimescaleDB counts nothing as changed. For an aggregate that is in no queue,
        it computes what counts as changed. Buckets for which the target has no raw
        rows, judged by chunk, stay in any case and are reported.
      - On a target whose aggregates were created by hand, everything counts as
        changed. Never call refresh_continuous_aggregate(..., NULL, NULL) there. Give
        refresh policies a start_offset that is shorter than the retention of the raw
        data, not NULL.
      - Never refresh a range by hand before its raw rows are copied.

      Late rows on the source:

      Aggregates arrive as they are on the source. If the source has a late row that
      its aggregates do not reflect yet when they are copied, the target's aggregates
      lack it, too. Refresh the source's aggregates over such a range before copy, by
      their policies or by hand.
      """#)
}
