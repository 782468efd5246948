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

      Copy such a chunk again, and run copy and verify:

          UPDATE __backfill.task SET worked = NULL, verified = NULL
          WHERE worked IS NOT NULL AND verified IS NULL
            AND verify_message IS NOT NULL;

      Or repair the rows by hand, and run verify again: chunks that differ stay
      unverified.

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
