extension ManualPage {
  static let json = ManualPage(
    topic: "json", title: "Documents for programs: --json",
    text: #"""
      With --json, standard output is one JSON document and nothing else, whatever the
      outcome; usage errors included. Warnings and errors also go to standard error,
      as always. Times are RFC 3339 in UTC, durations seconds, sizes bytes. A member
      that is not known is null; none is left out. New members may come; format
      changes if one goes or changes its meaning.

      Members of every document:

        format              1
        program, version    this program's
        command             the subcommand; null if there was none
        started, ended      when the program began and ended
        seconds             the time between
        outcome             "done", "failed", "differs", "stopped" or "usage"; of
                            status also "running" and "waiting"
        exit                the exit code
        errors, warnings    arrays of problems
        next                the command to run next, or null

      A problem:

        message             what is wrong
        detail              what the server adds to it
        hint                what to do about it
        side                "source" or "target", if it is about one of them
        sqlstate            of the server's error
        object              the relation or role that it is about

      status:

        at                  the time of the server's clock to which all of this
                            applies
        staged              whether there are tasks
        tasks               all, copied, verified, failed (the last try failed),
                            differing, running (a run is working on them)
        chunks              all, copied, verified; a chunk in parts counts as one
        rows                rows of the copied tasks
        bytes               all (expected in the end, or null), copied
        bytes_per_second    over the time in eta_window_seconds
        eta_seconds         how long the rest of what is going on takes
        eta_basis           "bytes" or "tasks": what that is computed from
        eta_window_seconds  the time that was looked at
        hypertables         array of hypertables
        runs                array of runs: those that are going on, then dead ones,
                            then the last ones that ended
        failures            array of failures, at most 1000 of each kind
        deferred            array of what is put off until all parts of a chunk are
                            copied
        troubles            array of what is dead or stuck

      A hypertable:

        hypertable          its name on the target; of a continuous aggregate the
                            view's
        chunks, rows, bytes as above
        failed, differing   tasks

      A run:

        id                  in __backfill.run; null if it is not there
        command             such as "copy"
        state               "running", "silent", "dead" or "ended"
        version, options    as it was started
        host, process       where it runs
        backend             its server process
        started, ended      by the target's clock
        outcome             how it ended
        chunks, rows        what it has done
        bytes, failures
        silent_since        when a silent one was last heard from
        workers             array of workers: sessions with a task or a lock to wait
                            for
        idle                the number of its other sessions

      A worker:

        backend             its server process
        task                the task that it has, or null
        since               when its transaction began
        phase               "waiting" for a lock, "copying" (rows come in),
                            "indexing", "working" (a statement runs), "reading" (the
                            program reads the source), "idle", or "unseen" if the
                            role may not see it
        rows, bytes         what has come in of a chunk being copied
        waits_for           the lock: lock, since, holders; or null

      A holder of a lock:

        backend             its server process; null for a prepared transaction
        name                the application, or the prepared transaction
        user, host, state   as in pg_stat_activity
        since               when its transaction began
        is_run              whether it is a session of a run

      A task:

        priority            its key in __backfill.task
        hypertable          as above
        chunk               on the source
        from, to            the time that it covers, or a number where that is one;
                            null where it has no bound or can't be read
        part, parts         of a chunk in parts

      A failure:

        kind                "failed" or "differs"
        task                the task
        message             the error, or what differs
        attempts            how often copying failed
        at                  when it failed

      What is put off:

        hypertable, chunk   where; both on the target
        kind                "index", "trigger", "compression" or "freezing"
        count               how many
        names               of indexes
        parts_left          parts that are still to be copied; with none left, it
                            should be there again

      A trouble:

        kind                "dead-run", "silent-run", "orphaned-sessions",
                            "locked-task", "waiting", "locked-queue" or
                            "unfinished-chunk"
        message, hint       what it is, and what to do
        backend             the server process that is in the way, or null
      """#)
}
