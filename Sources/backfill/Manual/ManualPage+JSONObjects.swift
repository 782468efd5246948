extension ManualPage {
  /// What is in the members of documents and lines.
  static let objects = #"""
    A failure:

      kind                  text          "failed" or "differs"
      task                  task
      code                  text?         such as "server-error" or "tiered"; not of
                                          status
      message               text          the error, or what differs
      hint                  text?         what to do about it; not of status
      side, sqlstate        text?         of the server's error; not of status
      attempts              number?       how often copying failed; only of status
      at                    time?         when it failed; only of status

    A difference:

      task                  task
      source_rows           number?       on the source
      target_rows           number?       on the target
      columns               [text]        that differ, if the numbers of rows do
                                          not; none if rows combine equal columns in
                                          other ways
      first, last           text?         the first and the last time at which rows
                                          differ, as the server writes them
      message               text          the same for people

    A task:

      priority              number        its key in __backfill.task
      hypertable            text          its name; of a continuous aggregate the
                                          view's
      chunk                 text          on the source
      from, to              point?        the time that it covers; null where it has
                                          no bound or cannot be read
      part, parts           number?       of a chunk in parts

    A comment:

      code                  text          "through-hypertable", "as-text",
                                          "compressed-anew", "stored-uncompressed",
                                          "part", "chunk-gone" or "differs"
      reason                text?         why, of "as-text" and "compressed-anew";
                                          such as "binary-refused" or "column-types"
      columns               [text]        that are why, or that differ
      message               text          the same for people

    An obstacle:

      chunk                 text          of the task that is locked
      holder                holder?       who has it locked

    A gap:

      hypertable            text
      chunks                number        how many
      first                 [piece]       the first of them
      from, until           text?         what to stage, as --from and --until take
                                          it; null for no bound
      filter                text          as --filter takes it

    A piece:

      chunk                 text
      from, to              text?         of its time what no task covers, as the
                                          server writes it

    A stray:

      hypertable            text
      rows                  number        how many
      first, last           text?         their times, as the server writes them
      deletions             [text]        statements that delete the first of them
      chunks                number        in which they are

    The estimates:

      compared              number        chunks with statistics on both sides
      noted                 number        of these, those whose numbers are of the
                                          time when they were compressed
      left_out              number        copied in part, or with other bounds
      hypertables           [comparison]  sums
      apart                 [estimate]    more than a tenth apart
      far_apart             [estimate]    more than twice as many on one side
      unknown               [statistic]   without statistics, or without a chunk
      stale                 [statistic]   with stale statistics

    A comparison:

      hypertable            text
      chunks                number        compared
      source_rows           number        about
      target_rows           number        about

    An estimate:

      chunk                 text
      source_rows           number        about
      target_rows           number        about

    A statistic:

      chunk                 text
      sides                 [text]        where: source, target

    A range:

      aggregate             text          the view
      from, to              text?         what was refreshed, as the server writes
                                          it; null if it was up to date
      seconds               number        how long that took

    A hypertable:

      hypertable            text          its name on the target; of a continuous
                                          aggregate the view's
      chunks.all            number        as of status
      chunks.copied         number
      chunks.verified       number
      failed, differing     number        tasks
      rows                  number        of the copied tasks
      bytes.all             number?       expected in the end
      bytes.copied          number

    A run:

      id                    number?       in __backfill.run; null if it is not there
      command               text          such as "copy"
      state                 text          "running", "silent", "dead" or "ended"
      version, options      text?         as it was started
      host                  text?         where it runs
      process               number?       its process there
      backend               number?       its server process
      started, ended        time?         by the target's clock
      outcome               text?         how it ended
      chunks, rows          number?       what it has done
      bytes, failures       number?
      silent_since          time?         when a silent one was last heard from
      workers               [worker]      sessions with a task or a lock to wait for
      idle                  number        the number of its other sessions

    A worker:

      backend               number        its server process
      task                  task?         the task that it has
      since                 time?         when its transaction began
      phase                 text          "waiting" for a lock, "copying" (rows come
                                          in), "indexing", "working" (a statement
                                          runs), "reading" (the program reads the
                                          source), "idle", or "unseen" if the role
                                          may not see it
      rows, bytes           number?       what has come in of a chunk being copied
      waits_for             lock?         what it waits for

    A lock:

      lock                  text          what kind, and on what
      since                 time?         when it began to wait
      holders               [holder]      who has it

    A holder:

      backend               number?       its server process; null for a prepared
                                          transaction
      name                  text?         the application, or the prepared
                                          transaction
      user, host, state     text?         as in pg_stat_activity
      since                 time?         when its transaction began
      is_run                flag          whether it is a session of a run

    A job:

      id                    number
      procedure             text          what it runs
      relation              text?         the hypertable or aggregate that it works
                                          on
      owner                 text          its role
      result                text?         "turned-off", "off-already", "left-on",
                                          "turned-on", "on-already", "left-off" or
                                          "lost"; not of jobs list
      scheduled             flag?         whether it is on; null if it is lost
      recorded              flag?         whether it is recorded as turned off
      schedule_interval     text          as in SQL
      fixed_schedule        flag          whether it keeps to initial_start
      initial_start         text?         as in SQL
      timezone              text?
      next_start            time?         null for at once
      config                text?         as in SQL, without numbers of hypertables
      last_start            time?         of its last run
      last_succeeded        flag?         false also while it is running
      backend               number?       the server process that runs it
      running_since         time?

    A deferral:

      hypertable, chunk     text          where; both on the target
      kind                  text          "index", "trigger", "compression" or
                                          "freezing"
      count                 number        how many
      names                 [text]        of indexes
      parts_left            number        parts that are still to be copied; with
                                          none left, it should be there again

    A trouble:

      kind                  text          "dead-run", "silent-run", "orphaned-
                                          sessions", "locked-task", "waiting",
                                          "locked-queue" or "unfinished-chunk"
      message               text          what it is
      hint                  text?         what to do
      backend               number?       the server process that is in the way
    """#
}
