extension ManualPage {
  static let verification = ManualPage(
    topic: "verification", title: "What verify compares, and what to do about differences",
    text: #"""
      verify computes the row count and a checksum over all columns of every copied
      chunk, on each server, and compares them. It reads both sides once. Where a
      chunk differs, it reports between which times and in which columns, and exits
      with 3.

      Why a chunk may differ:

      - Rows before the completion point were changed on the source after they were
        copied.
      - A continuous aggregate was refreshed on the source since then, and buckets
        changed.
      - Rows were changed on one side only.

      Copy such chunks again, and compare them again:

          timescaledb-backfill copy --again --differing
          timescaledb-backfill verify

      Or repair the rows by hand, and run verify again: chunks that differ stay
      unverified. verify --again --differing looks at those alone.

      Copying again:

      copy --again --differing takes the chunks that differed when they were last
      compared, copy --again --filter REGEX all chunks of the hypertables and
      continuous aggregates that match. Then it copies them, and whatever else is not
      copied yet, as copy always does: their rows before the completion point are
      replaced by the source's, whoever wrote them, and they count as unverified. What
      aggregates of the target have seen of them is logged as changed, so that the
      next refresh of that time computes it again (see invalidations). refresh-caggs
      begins at the end of the staged range: for earlier times, call
      refresh_continuous_aggregate() or wait for a policy that reaches back to them.

      The chunks are taken at once: a run that is stopped or killed has taken all of
      them or none, and the next copy goes on. All parts of a split chunk are copied
      again. A chunk that another run is working on is left as it is, and reported;
      the exit code is then 1.

      Comparing again:

      verify --again compares chunks that are verified already, too: all, or with
      --filter those of hypertables and aggregates that match. They count as
      unverified until then. Without --again, --filter leaves out the others.

      What happens to verified rows on the target later is not noticed without
      --again, with two exceptions. copy and verify warn of copied chunks for whose
      time the target has no chunk any more, as after drop_chunks() or TRUNCATE; and
      they fail for a hypertable that was dropped and created again (see staging).

      Cheaper ways:

        verify --sample 10%
            Compares a tenth of the chunks in full, chosen at random and named in the
            output. Those that are equal are verified. Says nothing about the others,
            which stay unverified.
        verify --count
            Compares the number of rows of every chunk, within the staged range. A
            difference is a difference, and exits with 3. Equal numbers say nothing
            about values, and nothing is marked as verified.
        verify --estimate
            Compares what the statistics of both servers say of each chunk, reading
            catalogs only. Run ANALYZE on both sides first. It proves nothing, as
            told below.

      They may be combined with --filter, and with --again, which includes chunks that
      are verified already. --count and --estimate leave these verified, unless the
      counts differ.

      Estimates:

      Of rows, pg_class.reltuples is compared; of compressed chunks, the number of
      batches times their average number of rows (pg_stats), or, on the source, what
      TimescaleDB noted when it compressed them. Chunks of which only a part was
      copied, as at the completion point, are left out, as statistics are of whole
      chunks. So are chunks that the target has with other bounds.

      Numbers of which one is more than a tenth above the other are reported, and no
      more: an estimate cannot prove a difference. But no error of ANALYZE is as large
      as a factor of two. Where one side has more than twice as many rows as the
      other, and neither's statistics are known to be stale, the exit code is 3: a
      script that goes on after 0 must not go on there. Run verify --count, or verify,
      to be sure. Chunks without statistics are reported too, with exit code 1, as
      nothing is known of them.

      Rows beside the source's chunks:

      Rows of the target in the staged range, at a time for which the source has no
      chunk, are a difference, too. No task replaces them, so verify counts them and
      prints the DELETE that removes them.

      Chunks that appeared later:

      At the end, copy and verify compare the source's chunks with the queue. Chunks
      in the staged range that appeared later, because of late rows in a gap, are
      reported with the command that stages them, and the exit code is 1.

      Sequences:

      copy warns of sequences of serial and identity columns that would hand out
      numbers of copied rows again. It prints the SELECT setval(...) that corrects
      each.
      """#)
}
