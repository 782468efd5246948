extension ManualPage {
  static let monitoring = ManualPage(
    topic: "monitoring", title: "Watching a migration: status",
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

      In the lines of copy and verify, [3/110] counts the tasks of this run. On a
      terminal the percentage is of all tasks, those of earlier runs included, by the
      bytes that stage expected of them, and the time left goes by these bytes at the
      run's average pace. Where stage did not note sizes, both go by the number of
      tasks.

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
