extension ManualPage {
  static let chunks = ManualPage(
    topic: "chunks", title: "What is copied, and how",
    text: #"""
      The content of a task's range on the target is always replaced, never added to.
      Copying twice is safe.

      Uncompressed chunks:

      Rows are streamed with COPY from chunk to chunk. Chunks of 4 MB and more get
      their indexes built afterwards; see tuning. Indexes of constraints stay in
      place, and so do indexes with a comment, a clustering mark, a replica identity
      or statistics targets. Up to TimescaleDB 2.22, rows of large chunks arrive
      frozen, unless their hypertable has continuous aggregates or other tables refer
      to it.

      Compressed chunks:

      They are copied in compressed form where possible; see compression. Partially
      compressed chunks, to which rows were written after compression, keep both
      parts.

      Chunks at the completion point and at --from:

      Rows in the range are replaced, others stay. If such a chunk is compressed, it
      is decompressed on the target and compressed again in the task's transaction.

      Chunks whose bounds differ on the target:

      Chunks that overlap target chunks with other bounds are inserted through the
      hypertable, range by range, which is slower.

      Chunks that changed since staging:

      A chunk that was compressed or decompressed since staging is copied as it is
      now. A chunk that was dropped on the source is skipped and reported. A chunk
      whose range now belongs to another chunk, after a merge or a roll-up, fails, and
      the message tells you to stage again.

      Columns and values:

      Columns are matched by name. The target computes generated columns. Values are
      sent in binary form. They are sent as text if the chunk has a type without a
      binary form, or one whose binary form holds numbers that mean something else on
      the target, such as arrays and composites of your own types, or regclass. Such
      chunks are reported.

      Continuous aggregates:

      They are matched by the view's name, and copied like hypertables, up to the time
      to which they were refreshed on the source at staging.
      """#)
}
