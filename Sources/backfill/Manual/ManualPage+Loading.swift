extension ManualPage {
  static let loading = ManualPage(
    topic: "loading", title: "Files of CSV and text: load",
    text: #"""
      load brings files into a hypertable, or an ordinary table, of the target:

          timescaledb-backfill load --table readings --header \
            --until '2024-06-01T00:00:00Z' a.csv b.csv.gz c.csv.zst
          zcat old/*.gz | timescaledb-backfill load --table readings -

      The format is that of PostgreSQL's COPY, CSV or text, with its defaults:
      --delimiter, --null, --quote, --escape and --encoding change them. Compression
      (gzip, zstd) is told by the first bytes, whatever the name is. Without
      --columns and --header records have all columns that are not generated, in the
      table's order. Sessions have TimeZone UTC and DateStyle ISO: a time without a
      zone is UTC. The last line of a file may be \. as COPY writes it; nothing may
      follow.

      Rows go in as the application's would: triggers fire, constraints are checked,
      and continuous aggregates learn what has changed. Compressed chunks take rows
      too, if the edition supports it.

      The window:

      With --until and --from, from <= time < until, records outside are left out and
      counted. It is the server that compares, after reading the value as the
      column's type. A record without a time is not left out: the table refuses it.
      --replace first deletes the table's rows in the window, in a transaction of its
      own, once in a load's life: a load that is continued does not delete again. Up
      to TimescaleDB 2.27, whose COPY compares too late, batches with a window take
      the way of --on-conflict skip, through a temporary table.

      Stop and resume:

      Files are cut into batches of whole records (--batch-size). Each is loaded in
      one transaction with its mark in __backfill.load_batch: the range of bytes, and
      how many records became rows, were left out, rejected or passed over. The same
      command goes on with what has no mark. It is the same load if the table and the
      files are the same; then size, time of modification, and hashes of the first
      and the last 64 kB of each file must be what they were, and so must the options
      that decide what is loaded (format, columns, window, --replace, --on-conflict).
      --on-error, --parallelism and --batch-size may differ. A compressed file is
      read from its beginning, without loading what is loaded. In the end the server
      counts whether the marks cover every byte; only then is the load done. Files
      that were loaded are refused afterwards, unless --again is given.

      One process works on a load at a time; a second is refused. Should it take over
      because the first has lost its sessions, the first can commit nothing any more.
      Different loads can run side by side. Standard input and pipes cannot be read
      again, so a load of them is not continued: what is loaded stays.

      Bad records:

      Whatever the server refuses of a record is told with file, line and column. By
      default the load stops there, and its batch is rolled back; other batches stay.
      With --on-error skip or reject=FILE the batch is taken apart until the bad
      record stands alone; the others are loaded. Rejected records are kept in
      __backfill.load_reject, in their batch's transaction, and written to FILE when
      the run ends, all of the load's so far, as they stood in their files, with the
      header if there is one. FILE.reasons has a line for each: file, line, column,
      SQLSTATE and message, separated by tabs. Both are replaced as a whole, so no
      record is in them twice, or missing. If they cannot be written, the load is not
      done; the same command writes them. The first ten are warned of.

      Order:

      A hypertable takes records fastest in the order of time: what costs is going
      from chunk to chunk. A batch whose records are in no such order is sorted by the
      first 16 bytes of their times before it is sent. That is not done where it could
      be seen afterwards: with --on-conflict skip or update, with triggers for INSERT,
      and with columns that are not in the file but have defaults; nor where values
      have newlines in them. Batches with a bad record are taken apart in the file's
      order. A larger --batch-size gains more for records at random. A worker has one
      batch in memory, and no more than as much again while it sorts one.

      Conflicts:

      --on-conflict skip and update load each batch into a temporary table first,
      which takes longer. update changes all loaded columns but those of the key. If
      records of one file have the same key, the last one of a batch counts; of
      several batches only with --parallelism 1.

      Limits:

      A record may have up to 64 MB, a zstd window up to 32 MB. Lines end with
      newlines, or carriage returns and newlines. Encodings in which a byte of a
      character may look like another one (SJIS, BIG5, GBK, UHC, GB18030, JOHAB) are
      refused. A table that is dropped, or whose loaded columns or triggers
      change meanwhile, ends the run.
      """#)
}
