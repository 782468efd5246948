extension ManualPage {
  static let locks = ManualPage(
    topic: "locks", title: "Which locks are taken on the target, and for how long",
    text: #"""
      Each lock is held to the end of one chunk's transaction. Reads and writes of
      other chunks go on. Where the table says ACCESS EXCLUSIVE, a query that has to
      look at the chunk, or at all chunks, waits.

        stage creates chunks, 25 in a transaction
            SHARE UPDATE EXCLUSIVE on the hypertable. Inserts that need a new chunk
            wait.
        stage prepares compressed chunks
            ACCESS EXCLUSIVE on these chunks; also on the hypertable, if its
            compression settings differ from theirs.
        Any copy
            SHARE UPDATE EXCLUSIVE on the chunk. Policies, VACUUM and the like wait.
        A part of a large chunk
            ROW EXCLUSIVE on the chunk, as for any writer. Where indexes are
            rebuilt: ACCESS EXCLUSIVE for a moment before the first part, and SHARE
            ROW EXCLUSIVE while the last part builds them.
        Compressed chunk
            ACCESS EXCLUSIVE on its compressed table.
        Index rebuild, trigger taken off, compression, decompression, TRUNCATE
            ACCESS EXCLUSIVE on the chunk.

      Locks for which readers or writers may wait are taken at the beginning of a
      transaction, the strongest first, so that they cannot deadlock with the
      application. Everyone else queues behind such a request. It is therefore given
      up after 2 seconds and repeated later, until the retry budget is used up and
      the chunk fails. If waiting lasts, the program reports the process, role,
      application and query start of whoever holds the lock.

      On the source, copy and verify hold a read lock and a snapshot for as long as a
      chunk takes.

      A stopped program:

      --max-rate delays nothing while a chunk is locked. Ctrl-Z first rolls such
      chunks back. A program that is stopped in another way, by SIGSTOP or in a frozen
      container, cannot do that. PostgreSQL ends its sessions after 60 seconds between
      two statements, but not in the middle of a COPY. Find them with

          SELECT pid, query_start FROM pg_stat_activity
          WHERE application_name LIKE 'timescaledb-backfill%';

      and end them with pg_terminate_backend(pid). copy does the chunks again.
      """#)
}
