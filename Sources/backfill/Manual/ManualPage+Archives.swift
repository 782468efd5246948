extension ManualPage {
  static let archives = ManualPage(
    topic: "archives", title: "Through files: export and import",
    text: [archiving, archivedBatches, archiveChecks, archiveFormat].joined(separator: "\n\n"))

  private static let archiving = #"""
    If no host reaches both databases, the chunks go through files: export writes
    them on the source's side, and import reads them on the target's.

        timescaledb-backfill export --source ... --until 2024-06-01 \
          --output /mnt/disk/metrics
        # Carry the directory over: rsync, a disk, a mounted object store.
        timescaledb-backfill import --target ... --input /mnt/disk/metrics
        timescaledb-backfill verify --target ... --input /mnt/disk/metrics
        timescaledb-backfill refresh-caggs --target ... \
          --watermarks-from /mnt/disk/metrics/watermarks.json
        timescaledb-backfill clean --target ...

    The target's schema comes first. import needs the same hypertables there with
    the same columns, and creates missing chunks. Several imports of one archive
    share its files, on hosts that see the directory: one of them stages, and the
    others wait until it has. While import works, status, report and the queue's
    tables are as for copy. What status suggests has DIR for the directory, which
    the queue does not know.

    export reads every chunk twice in one snapshot: once for its files, and once for
    the checksum that verify --input compares. The snapshot is held until all is
    written, which keeps VACUUM from removing what has been deleted since.

    After a stop, a lost server or a full disk, run export again with the same
    options: files that are finished stay. The new run has a snapshot of its own,
    and a warning says so; chunks that were dropped since stay in the archive, those
    that were merged are exported again. If every chunk has to be of one point in
    time, begin again in an empty directory. Several exports can write to one
    directory at once, on several hosts if its file system knows locks (flock): the
    first one leads, the others read its snapshot, and they end when it is lost.
    """#

  private static let archivedBatches = #"""
    Compressed chunks are written as they are: the file has their compressed
    batches, which take no more room there than in the database, and no work on the
    target. A chunk that was written to after it was compressed has the rows beside
    its batches in a second file. Chunks that the window cuts are written as rows,
    and so are those whose batches no other database could take: types that batches
    cannot carry, and columns that were added with a default.

    Know before you send a disk: import puts batches only into

      - the same version of TimescaleDB (2.22.1 is not 2.22.0), on the same or a
        newer major version of PostgreSQL,
      - a hypertable with compression, in a chunk of the same bounds,
      - a hypertable without a constraint, NOT NULL or unique index that the source
        does not have, as batches are not checked against it,
      - a time for which no continuous aggregate on the target has been refreshed
        since the import began.

    Compression settings of the target's hypertable may differ: new, empty and small
    chunks (1 MB) are compressed by the source's, as by stage. Where texts are
    sorted otherwise or bloom filters mean something else, the rows are taken out of
    the batches on the target and compressed anew.

    What cannot be put there fails chunk by chunk, with the reason and what to do;
    the others go on. No row is lost by that, but the rows have to be sent again. So
    export tells at its end how many chunks are in the archive as batches. If the
    target is of another version, or not known yet,

        timescaledb-backfill export --source ... --until 2024-06-01 --rows \
          --output /mnt/disk/metrics

    writes all chunks as rows, which go into any version and are compressed again by
    the target's settings. Such an archive is often several times larger.
    """#

  private static let archiveChecks = #"""
    import checks each file while it reads it: its length, its SHA-256, and that its
    description is of this chunk and this archive. A file that is damaged, cut off,
    missing or exchanged fails like a chunk of copy: nothing of it stays, the others
    go on, and the exit code is 1. Bring the right file and run import again. All of
    it takes a few megabytes a worker, whatever a file claims of itself.

    verify --input computes the checksum of the imported rows on the target and
    compares it with the description. It needs neither the source nor the files with
    the rows. It also looks for rows of the target in the window at a time for which
    the archive has no chunk.

    An archive is the source as it was at the export, from --from to --until. Rows
    at or after --until, as writers send them to both databases, are neither
    replaced by import nor compared by verify --input. Rows before it that were
    written or changed after the export are not in the archive, whichever database
    has them: import replaces the target's rows in the window by the archive's, and
    what comes to the target later is a difference. So give an --until that has
    passed, with no late rows to come, before the export begins. Late rows that are
    right need no repair; their chunks stay unverified, which clean accepts. Where
    the target's rows are wrong,

        timescaledb-backfill import --again --differing --input /mnt/disk/metrics

    replaces those of the chunks that differ by the archive's once more.

    Not part of an archive: ordinary tables, sequences, and rows in object storage
    (tiering), which is told.
    """#

  private static let archiveFormat = #"""
    The archive, format 2:

      manifest.json
          kind "timescaledb-backfill archive"; format; archive, its own id; program,
          created; source with versions, encoding and the database's identity
          (fingerprint); request, the options that chose what is in it; snapshots,
          how many runs wrote it; hypertables with dimensions, chunk intervals,
          columns, window, is_tiered (rows in object storage, which are not in the
          archive), and for continuous aggregates their query and watermark;
          files, the names of all chunks' files without what is behind their dots.
      NAME.copy.zst
          The rows of a chunk, or of the part of it that lies in the window, as
          COPY writes them, in zstd frames with checksums. Of a chunk with batches
          only the rows beside them.
      NAME.batches.zst
          The compressed batches of a chunk, as COPY writes the table that
          TimescaleDB keeps them in.
      NAME.json
          Their description, written when they are whole: format, archive, name;
          kind ("rows", "batches", or "both"); rows, all of the chunk; checksum;
          position of the write-ahead log; hypertable, chunk, dimensions with start
          and end (TimescaleDB's internal values), lower_bound and upper_bound, null
          for the chunk's own; status, compression, stored_bytes, heap_bytes of the
          chunk; columns with types and collations. Of NAME.copy.zst copy_format
          ("binary", or "text" if a column's type has no portable binary form);
          bytes and sha256 of the file; copy_bytes, what it decompresses to;
          copy_rows, how many are in it; copy_columns, the columns in the file in
          their order. With batches also column_ranges and enforced (constraints),
          and batches: the same of NAME.batches.zst, where copy_rows is the number
          of batches and rows that of the rows in them; relation, its columns,
          settings and sizes; origin, the versions, encoding, default collation and
          bloom filters' hash of the server that wrote them. seal is the SHA-256 of
          all other members.
      watermarks.json
          For refresh-caggs --watermarks-from, if there are continuous aggregates.
      export.lock, and files that end in .part
          Of an export that is going on, or was killed. They need not be carried
          over.

    Archives of format 1 are read like those of 2. They have no batches, and
    descriptions without seal and copy_rows; export --rows writes them, too, for
    versions of this program that know nothing newer. Of a format that it does not
    know, a version says so.

    A file of rows can be read without this program. In binary format:

        zstd -d < NAME.copy.zst | psql -c '\copy t from stdin binary'

    where t is a table with the columns of copy_columns, in their order. In text
    format it is the same without the word binary.

    NAME is made of the hypertable's name, the chunk's, and 16 digits that tell
    chunks, their bounds and parts of them apart.
    """#
}
