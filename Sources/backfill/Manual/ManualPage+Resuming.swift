extension ManualPage {
  static let resuming = ManualPage(
    topic: "resuming", title: "Stopping, resuming, and running on several hosts",
    text: #"""
      Stopping:

      The first Ctrl-C (SIGINT, SIGTERM or SIGHUP) lets the chunks in progress finish
      and starts no others. The second cancels them, and they roll back. The third
      exits without waiting for the servers. However a run ended, kill -9 and power
      failure included, the next copy continues with what is left.

      Ctrl-Z (SIGTSTP) first rolls back the chunks that hold locks for which others
      may wait, and then stops the program. A second Ctrl-Z stops it at once. The page
      locks tells what happens if the program is stopped in another way.

      Failures:

      A chunk that fails is rolled back, reported and recorded in the queue. The
      others go on, unless --fail-fast is given. The next copy tries it again, after
      the fresh ones.

      While a server is away, or others are in the way (deadlocks, recovery conflicts
      on a standby), an operation is retried for 5 minutes, or for as long as
      --retry-budget says, such as 2h. A server that is connected but has stopped
      answering is considered lost after about a minute. A chunk at which sessions are
      lost five times counts as failed. A full disk stops the run.

      Failover:

      After a failover, a run continues with the server that then answers to the name,
      provided that it is the same database: a standby as the source, or a promoted
      one as the target, each at least as far in its write-ahead log as the source was
      at staging.

      pg_upgrade gives the source a new system identifier. stage --adopt-source
      accepts it as the one that was staged, after comparing its chunks with the
      staged ones.

      Several processes and hosts:

      Any number of copy and verify processes can share one queue, on one host or
      several. Just start them. A chunk belongs to the session that has its row in the
      queue locked. A process that dies gives its chunks back at once, or when the
      server notices that the host is gone.

      When no chunk is left to claim, a run looks at who has the rest. Another copy
      that is alive, whose session has shown itself within 15 seconds, may keep them.
      Anything else, such as a forgotten psql, a prepared transaction or a frozen
      host, gets 5 seconds. Then it is named, and the run exits with 1.

      stage and clean need the queue for themselves, and name whoever is in the way.
      clean removes a queue with uncopied chunks only with --force.

      Long runs:

      Start a long run in tmux or screen, or as a unit:

          systemd-run --user --unit=backfill --setenv=BACKFILL_SOURCE \
            --setenv=BACKFILL_TARGET timescaledb-backfill copy
          journalctl --user --unit=backfill --follow

      "loginctl enable-linger" keeps user units alive after you log out. Keep the
      passwords in ~/.pgpass: a unit's environment is shown by systemctl, for a system
      unit to every user. "systemctl --user stop backfill" sends SIGTERM, and after 90
      seconds SIGKILL, which is safe.

      Output:

      Results and progress go to standard output, warnings and errors to standard
      error. On a terminal, copy and verify show what each worker does. Elsewhere, and
      with NO_COLOR or TERM=dumb, they write one line for each chunk, and one every
      minute for the whole. --log-file keeps everything in a file; see monitoring.
      """#)
}
