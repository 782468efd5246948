extension ManualPage {
  static let queue = ManualPage(
    topic: "queue", title: "The queue and its tables",
    text: #"""
      The queue is the table __backfill.task on the target, with one row for each
      chunk. Reading it never disturbs a run.

          -- Progress
          SELECT count(*) AS tasks, count(worked) AS copied,
            count(verified) AS verified,
            count(*) FILTER (WHERE worked IS NULL AND attempts > 0) AS failed,
            pg_size_pretty(sum(copied_bytes)) AS moved
          FROM __backfill.task;

          -- What failed, and why
          SELECT priority, chunk_schema, chunk_name, attempts, last_error_at,
            last_error
          FROM __backfill.task WHERE worked IS NULL AND attempts > 0
          ORDER BY priority;

          -- What differs
          SELECT priority, chunk_schema, chunk_name, verify_message
          FROM __backfill.task
          WHERE differed_at IS NOT NULL ORDER BY priority;

          -- Rate by the hour
          SELECT date_trunc('hour', upper(worked)) AS hour, count(*) AS chunks,
            pg_size_pretty(sum(copied_bytes)) AS moved
          FROM __backfill.task WHERE worked IS NOT NULL GROUP BY 1 ORDER BY 1;

          -- Work in progress
          SELECT a.pid, a.client_addr, a.xact_start,
            p.relid::regclass AS copying_into, p.tuples_processed AS rows
          FROM pg_stat_activity AS a LEFT JOIN pg_stat_progress_copy AS p USING (pid)
          WHERE a.application_name LIKE 'timescaledb-backfill %'
          ORDER BY a.xact_start;

      To copy or compare chunks again, use copy --again and verify --again (see
      verification).

      __backfill.task:

        priority
            The task's number, and its place in the order of work.
        worked
            When it was copied, from the claim to the end; null until then.
        copy_message
            Remarks on copying it: sent as text, inserted through the hypertable,
            compressed anew, gone from the source.
        verified
            When it was found equal. Null until then, and again after it is copied
            again.
        verify_message
            What verify compared, or what differs.
        differed_at
            When verify last found a difference; null again when the chunk was found
            equal, or is copied again.
        chunk_schema, chunk_name
            The chunk on the source.
        hypertable_schema, hypertable_name
            Its hypertable on the source; for continuous aggregates, the
            materialization hypertable.
        dimensions
            The chunk's bounds, in TimescaleDB's internal numbers: microseconds
            since 1970 for times.
        filter
            The part of the chunk as a condition, for reading only; null for a whole
            chunk.
        snapshot
            The exported snapshot with which the source is read (stage --snapshot).
        target_hypertable_schema, target_hypertable_name
            The hypertable on the target.
        target_hypertable_id
            TimescaleDB's number of the hypertable that the rows were copied into. A
            hypertable that is dropped and created again has another one: then copy
            and verify fail, and stage stages the chunk again.
        target_chunk_schema, target_chunk_name
            The chunk on the target, as stage found or created it; null if rows are
            inserted through the hypertable.
        lower_bound, upper_bound
            The part of the chunk, lower_bound <= time < upper_bound, as internal
            numbers; null for the chunk's own bound.
        staged_by
            The program's version at staging; null for Timescale's tool.
        expected_bytes, expected_rows
            How much there is to read, as stage estimated it: bytes of the chunk's
            files, without indexes, and rows; for a part of a chunk, its share. Null
            if unknown, and in queues staged by another tool.
        copied_rows, copied_bytes
            The rows, and the bytes sent over the network.
        split, part
            For a part of a large chunk: its split, and its number; else null.
        copied_by, copied_backend
            The run that copied it, by its name in __backfill.run, and the process id
            of the server process that did it. Null in tasks of earlier versions.
        verified_by, verified_backend
            The same for verify.
        attempts
            How often copying failed. The number stays after copying succeeds.
        last_error, last_error_at
            The last failure, until copying succeeds.
        passed_by
            The runs that failed here, found a difference or counted rows, and
            therefore leave the task alone. The next run tries it again.

      __backfill.session:

      One row: a random id; created_at, the first staging; parallelism (see tuning);
      source_fingerprint and target_fingerprint, which identify the two databases and
      their TimescaleDB version (system_identifier, database_oid,
      timescaledb_version); and source_lsn, the position of the source's write-ahead
      log at staging. copy and verify refuse to run between databases other than those
      that were staged. After an update of the extension on both sides, stage again.

      __backfill.run:

      One row for each run: id, command, version, options (without connection
      strings, quoted for a shell), host, process (on that host), backend (the process
      id of its session's server process), name (what tasks call the run; only for
      copy and verify), source and target (address, database, user, postgres_version
      and timescaledb_version of the two databases), started, ended, outcome, chunks,
      rows, bytes and failures, updated every few seconds. A run without ended is in
      progress, or was killed. For refresh-caggs, chunks is the number of aggregates.

      __backfill.incident:

      One row for each time that a task failed or differed: id, priority (of the task,
      which stage may have replaced since), kind (failed or differed), work (copy or
      verify), run (its name in __backfill.run), at, chunk_schema, chunk_name,
      hypertable_schema, hypertable_name and message. The rows stay when the task
      succeeds; nothing but report reads them.

      Other tables:

        __backfill.split
            A row for each chunk in parts.
        __backfill.deferred
            What such chunks lack until their last part is copied, mostly indexes.
        __backfill.staged_window
            The range that was staged of each hypertable: hypertable_schema,
            hypertable_name, lower_bound, upper_bound, snapshot, staged_at.
        __backfill.staged_aggregate
            What each of the target's aggregates (view_schema, view_name, and
            TimescaleDB's mat_hypertable_id) had to compute at staging (changed).
        __backfill.refreshed
            How far refresh-caggs has come with an aggregate: view_schema,
            view_name, mat_hypertable_id, lower_bound, upper_bound, at.
        __backfill.job
            What each job was that jobs off has turned off, until jobs on has turned
            it on again; see jobs. It exists without a queue, too.
        __backfill.migration
            How far migrate is, in one row: began, source_fingerprint and
            target_fingerprint (the two databases), what is migrated (until,
            from_time, filter, exclude, cascade_up, cascade_down), and when steps were
            done (schema_moved, jobs_off, writing_to_both, staged, copied, verified,
            refreshed, jobs_on). It exists without a queue, too.
        __backfill.load, load_input, load_batch, load_reject
            What load has loaded (see loading): a row for each load (table_schema,
            table_name, table_oid, options, run, began, replaced, replaced_rows,
            ended); its files (load, number, path, size, modified, head, tail); its
            batches (load, input, first_byte, end_byte, first_line, lines, records,
            rows, left_out, rejected, passed_over, at); and the records that were
            rejected (id, load, input, line, column_name, sqlstate, message, record).

      Queues of Timescale's tool:

      A queue that Timescale's tool has staged can be continued; missing columns and
      tables are added. Parts of chunks in it must be staged again, as their filter is
      SQL text, which this program does not run. stage replaces those that are not
      copied yet.
      """#)
}
