extension ManualPage {
  static let monitoring = ManualPage(
    topic: "monitoring", title: "Watching a migration: status, display and logs",
    text: #"""
      timescaledb-backfill status needs only the target, and only reads. Run it from
      any host, at any time:

          timescaledb-backfill status
          timescaledb-backfill status --watch
          timescaledb-backfill status --json

      It shows:

      - what it comes to, in the first word: Done, Running, Waiting, Failed, Different
      - how many chunks are copied and verified, in all and for each hypertable, with
        rows and bytes; a chunk in parts counts when all of its parts are done
      - how fast it has been over the last five minutes, or since the run began, and
        how long the rest takes at that rate
      - each run on any host, with its sessions: which chunk each works on, and what
        it is doing
      - what is dead or stuck: a run that was killed, or is silent; a task that is
        locked by something other than a run; a session that waits for a lock, and
        for whom
      - the tasks that failed or differ, with hypertable, time and reason
      - what was put off until all parts of a chunk are copied
      - the command to run next

      --json works with every subcommand; with --json-progress, copy and verify tell
      how far they are as JSON lines: see page json.

      Bytes are those that go over the network. How many there will be is known if
      stage noted the sizes of all tasks; of those still to come it is corrected by
      what the copied ones had. Otherwise the time left goes by the number of tasks.

      Exit codes:

        0  All is copied and verified, or nothing is staged.
        1  Tasks failed or differ, also while a run is going on. Or the target could
           not be asked.
        2  Usage error.
        4  A run is going on.
        5  Work is left, and nobody is on it.

      A run that is stopped (kill -STOP), or whose machine is gone, is on nothing:
      after 15 seconds it counts as silent. Tasks that failed in an earlier run count
      as failed until they are copied.

      status --watch shows the state again and again: on a terminal in place, in a
      pipe block after block. The pause is 2 seconds, or as given: --watch=10. While
      the target is away it says so, and asks again. Ctrl-C leaves it, with the last
      state's exit code, or 1 if the target was away then.

      What it costs the target:

      One connection, which --watch keeps open, and for each look three round trips
      with about a dozen statements. The tasks are read once, without parallel
      workers, in well under 300 milliseconds for 100,000 of them; pg_locks is read
      once. Nothing is written. The only locks are ACCESS SHARE on the tables of the
      queue while they are read, which hold up nothing but stage bringing an old queue
      up to date, and clean. A statement that takes longer than 15 seconds, or waits
      for a lock longer than one, is given up.

      What copy and verify show:

      In the lines for finished chunks, [3/110] counts the tasks of this run. On a
      terminal there is a line for each worker below them, and one for the whole; a
      narrow window has the most important part of it:

          building index 2 of 3      41s  _hyper_1_7_chunk  public.readings 2026-0...
          copying 43 %               12s  _hyper_1_6_chunk  part 2 of 5  public.r...
          113/210 chunks [=====>    ] 43 %, 25.3 MB/s (average 22.1 MB/s), 3m 20s left

      A worker's line tells what it does, since when it has the chunk, the chunk,
      its hypertable and time. A worker looks at the chunk on both sides, clears the
      range on the target, copies, builds indexes or compresses, and commits. It may
      wait for a lock, and of which process of the target's server; or wait before it
      tries the chunk again or connects again. The percentage is of the bytes that
      stage expected.

      The line for the whole counts chunks and bytes of earlier runs, too. The first
      rate is that of the last ten seconds, the other the average of this run. The
      time left holds if the rest goes as fast: bytes at the mean of the average and
      of the second half of the run, and after half an hour at the rate of the last
      15 minutes, with what each chunk takes beside its bytes. Where stage did not
      note sizes, percentage and time left go by the number of chunks.

      In a pipe or file there is one line for each chunk, and every minute one for
      the whole.

      How much is told, by every subcommand:

        --quiet       Only results, warnings and errors. On a terminal nothing is
                      redrawn.
        --verbose     Also when a worker begins a chunk, what it does next each time,
                      and why it tries something again.
        --timestamps  The time in front of each line, such as
                      2026-11-29T13:15:00.250Z.
        --log-file F  All lines are added to the file F, too, with the time. It has
                      what a run without --quiet shows, and beside each server error
                      its SQLSTATE, detail, hint, constraint and routine. It begins
                      with the version and the command line, connection strings left
                      out. Error details can hold values of rows, so a new file is
                      readable by its owner only. A file that can't be opened is
                      refused before anything is done. If its disk is full later,
                      the run warns once and goes on.

      Privileges:

      status needs no more than to read the queue:

          CREATE ROLE monitor LOGIN;
          GRANT USAGE ON SCHEMA __backfill TO monitor;
          GRANT SELECT ON ALL TABLES IN SCHEMA __backfill TO monitor;
          GRANT pg_read_all_stats TO monitor;

      Without the last of them it can't see what the sessions of runs are doing, and
      says so; which task each has, and who waits for whom, it sees all the same. A
      queue of another role is read with care: if anything on its tables would run
      code or hide rows, status refuses to read them, and a superuser reads only
      queues that it would also write to (see privileges).
      """#)
}
