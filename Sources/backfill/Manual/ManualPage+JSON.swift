extension ManualPage {
  static let json = ManualPage(
    topic: "json", title: "Output for programs: --json, --json-progress",
    text: [documents, objects, lines].joined(separator: "\n\n"))

  /// What a document has at the top.
  private static let documents = #"""
    With --json, standard output is one JSON document and nothing else, whatever the
    outcome: usage errors, refused connections and signals included. (Help and the
    version stay text.) Warnings and errors also go to standard error, as always, so
    this works:

        timescaledb-backfill copy --json | jq '{outcome, tasks, next}'

    With --json-progress, with or without --json, standard error is JSON lines and
    nothing else: see the end of this page.

    Members that are not known are null (a ? behind their type says which can be);
    none is left out. Only if the subcommand failed as a whole are its own members
    missing, and errors tells why. New members may come; format changes if one goes
    or changes its meaning. Types:

      text, number, flag                  JSON's strings, numbers and booleans
      time                                text: RFC 3339 in UTC
      point                               of a hypertable's time: a time, a date, or
                                          a number if its type is one
      [x]                                 an array of x
      a.b                                 the member b of the object a
      problem, task, ...                  objects, described below

    Sizes are bytes, durations seconds. Names of relations and columns are quoted as
    in SQL.

    Members of every document:

      format                number        1
      program, version      text          this program's
      command               text?         the subcommand; null if there was none
      started, ended        time          when the program began and ended
      seconds               number        the time between
      outcome               text          "done", "failed", "differs", "stopped" or
                                          "usage"; of status also "running" and
                                          "waiting"
      exit                  number        the exit code
      source, target        database?     as far as they were connected to
      errors, warnings      [problem]     what is wrong, and what may be
      notes                 [problem]     what is good to know
      next                  text?         the command to run next, with DIR where an
                                          archive's directory is not known

    A problem:

      code                  text          what kind it is; a code never changes its
                                          meaning
      message               text          the same for people
      detail                text?         what the server adds to it
      hint                  text?         what to do about it
      side                  text?         "source" or "target", if it is about one
                                          of them
      sqlstate              text?         of the server's error
      object                text?         the relation or role that it is about

    A database:

      address               text          host:port, or the directory of a socket
      database, user        text          its name, and the role
      postgresql            text          the server's version
      timescaledb           text?         the extension's version

    check:

      run_seconds           number        how long it took
      stops                 number        findings that stop the migration
      findings              [finding]     in the order in which things are checked
      measurement           measurement?  with --measure

    A measurement:

      source_round_trip_seconds  number   of a small question
      target_round_trip_seconds  number
      reading               [rate]        of the source's rows; empty if there are
                                          none
      writing               [rate]?       to temporary tables without indexes, if
                                          the role may make them
      bytes                 number        to be copied
      parallelism           number?       beyond which there is little to gain
      copy_seconds          number?       how long copying takes with that, without
                                          what indexes take

    A rate:

      sessions              number        at once
      bytes_per_second      number        of all of them

    A finding:

      level                 text          "stop", "warning" or "note"
      code                  text          as of a problem
      side                  text?         as of a problem
      object                text?         as of a problem
      message               text          what is the case, and why it matters
      hint                  text?         what to do about it
      mend                  text?         a statement or command that mends it

    schema:

      run_seconds           number        how long it took
      steps                 [step]        that were done, in order
      roles.created         [text]        on the target
      roles.kept            [text]        that it had, and that are as they were
      roles.without_password [text]       created roles that may log in and have no
                                          password yet
      database_created      flag          the target had none of that name
      objects               number        tables, views, functions and others that
                                          were made; those of a table, such as
                                          indexes, are not counted
      hypertables           number        in TimescaleDB's catalog
      jobs_off              number        jobs that were turned off
      tables                [table]       whose rows were replaced (--tables-only)
      sequences             number        that were advanced (--tables-only)
      retention             [number]      retention jobs that are on on the source
      revoking              [text]        statements that take back what was granted
                                          for the time of the migration

    A step:

      step                  text          "roles", "database", "extension",
                                          "restore-mode", "restore", "finish"; from
                                          definitions "definitions", "tables",
                                          "hypertables", "aggregates", "jobs"
      seconds               number        how long it took

    A table:

      table                 text          its name
      rows                  number        of the source
      merged                flag          changed row by row, as others refer to it

    stage:

      dry_run               flag          nothing was written
      run_seconds           number        how long it took
      tasks.staged          number        newly put into the queue
      tasks.staged_already  number        that it had already
      tasks.parts           number        of the staged, those that are parts of a
                                          chunk
      chunks.staged         number        that the staged tasks are about
      chunks.split          number        of these, those in parts
      chunks.replaced       number        whose uncopied tasks were replaced
      chunks.created        number        made on the target
      hypertables_staged    number        that have something to copy in the window
      plan                  [relation]    what was selected, by name

    A relation:

      hypertable            text          its name; of a continuous aggregate the
                                          view's
      kind                  text          "hypertable" or "aggregate"
      chunks                number        newly staged
      compressed_chunks     number        of these, compressed ones,
      cut_chunks            number        those of which the window has only a part,
      split_chunks          number        and those in parts
      parts                 number        of these, in all
      bytes                 number        expected to be read
      rows                  number?       expected
      remarks               [remark]      what is left out, and what is slow

    A remark:

      code                  text          "staged-already", "outside-window",
                                          "tiered", "through-hypertable", "as-text",
                                          "decompressed", "compressed-anew" or
                                          "stored-uncompressed"
      chunks                number        that it is about
      columns               [text]        that are why
      message               text          the same for people

    copy:

      run_seconds           number        how long the work took
      stopped               flag          by a signal
      tasks.copied          number        a chunk in parts has several
      tasks.skipped         number        whose chunk is gone from the source
      tasks.failed          number        that were tried
      tasks.left            number        still to be done, failed ones included,
      tasks.left_to_others  number        of these those that other runs are doing,
      tasks.left_to_nobody  number        and those that nobody has tried
      tasks.done_before     number?       if there was nothing left to do: all tasks
      tasks.again           number        chunks to be copied again (--again)
      rows                  number        copied
      bytes                 number        moved
      bytes_per_second      number?       on average
      failures              [failure]     of this run
      locked                [obstacle]    tasks that something has locked that is no
                                          run, so that they are left
      not_repeated          [text]        chunks left as before with --again, as
                                          others are working on them
      unstaged              [gap]         source chunks in the staged window that no
                                          task covers

    verify:

      thoroughness          text          "full", "count", "estimate" or "sample"
      run_seconds           number        as of copy
      stopped               flag          as of copy
      tasks.verified        number        equal in every value
      tasks.counted         number        with as many rows on both sides (--count)
      tasks.differing       number        not equal
      tasks.failed          number        as of copy
      tasks.left            number        as of copy
      tasks.left_to_others  number        as of copy
      tasks.left_to_nobody  number        as of copy
      tasks.done_before     number?       if there was nothing left to do: all
                                          copied tasks,
      tasks.uncopied        number?       and those that are not copied yet
      tasks.again           number        chunks to be compared again (--again)
      sample.chunks         number?       how many chunks were looked at (--sample),
      sample.all            number?       and of how many
      rows                  number        compared, without those that differ
      failures              [failure]     of this run
      differences           [difference]  chunks that are not equal
      estimates             estimates?    with --estimate
      locked                [obstacle]    as of copy
      not_repeated          [text]        as of copy
      unstaged              [gap]         as of copy
      strays                [stray]       rows in the staged windows that only the
                                          target has, beside all tasks

    refresh-caggs:

      run_seconds           number        how long it took
      stopped               flag          by a signal
      aggregates.refreshed  number        continuous aggregates that were refreshed,
      aggregates.up_to_date number        that needed nothing,
      aggregates.failed     number        and that could not be: see errors
      ranges                [range]       of the first two
      watermarks.file       text?         with --watermarks-to: the file,
      watermarks.aggregates number?       and how many aggregates it is about

    export:

      run_seconds           number        as of copy
      stopped               flag          as of copy
      files.written         number        by this run
      files.kept            number        finished before, or by other processes
      files.failed          number        whose chunks could not be read
      files.left            number        still to be written, failed ones included
      files.batches         number        of the archive with a chunk's compressed
                                          batches, not its rows (help archives)
      rows                  number        in the files of this run
      bytes                 number        of these files
      copy_bytes            number        of COPY data in them
      bytes_per_second      number?       of COPY data, on average
      failures              [failure]     of this run

    import:

      run_seconds           number        as of copy
      stopped               flag          as of copy
      files.all             number        of the archive
      files.done            number        imported by this run
      files.failed          number        as of copy
      files.left            number        as of copy
      files.left_to_others  number        as of copy
      files.left_to_nobody  number        as of copy
      files.again           number        to be imported again (--again)
      rows                  number        imported
      bytes                 number        of COPY data
      bytes_per_second      number?       on average
      failures              [failure]     as of copy
      locked                [obstacle]    as of copy
      not_repeated          [text]        as of copy

    clean:

      tasks.removed         number?       tasks of the queue; null if there was none
      tasks.uncopied        number        of these, tasks that were not copied
      loads.removed         number        loads of files that were recorded
      chunks.restored       number        partly copied chunks that got their
                                          indexes back
      jobs.recorded         number        that are still turned off

    load:

      run_seconds           number        how long it took
      stopped               flag          by a signal
      table                 text?         that was loaded into
      files                 number        that were given
      rows                  number        that this run has loaded
      left_out              number        records outside of the window
      rejected              number        that the server refused
      passed_over           number        whose row was there, or kept out by a
                                          trigger
      bytes                 number        of these records, without compression
      batches               number        in which they were loaded
      replaced              number        rows that --replace has deleted now
      before.rows           number        the same of earlier runs of this load
      before.left_out       number
      before.rejected       number
      before.passed_over    number
      rejects_file          text?         where rejected records are

    jobs list:

      jobs                  [job]         by their numbers
      recorded              number?       how many are recorded as turned off

    jobs off:

      jobs                  [job]         as of jobs list
      recorded              number?       as of jobs list
      count.turned_off      number        jobs that were on,
      count.off_already     number        that were off before,
      count.left_on         number        and that could not be turned off

    jobs on:

      jobs                  [job]         those that were recorded
      recorded              number?       those that still are
      count.turned_on       number        jobs that are on again,
      count.on_already      number        that somebody else has turned on,
      count.left_off        number        that could not be turned on,
      count.lost            number        and that could not be found

    report:

      output                text          the file that was written
      bytes                 number        its size
      tasks.all             number        in the queue
      verdict               text          "verified", "unverified" (all is copied),
                                          "unfinished", "differing", "failed" or
                                          "empty"

    status:

      at                    time          of the server's clock, to which all of
                                          this applies
      staged                flag          whether there are tasks
      tasks.all             number        in the queue
      tasks.copied          number
      tasks.verified        number
      tasks.failed          number        the last try failed
      tasks.differing       number
      tasks.running         number        a run is working on them
      chunks.all            number        a chunk in parts counts as one
      chunks.copied         number
      chunks.verified       number
      rows                  number        of the copied tasks
      bytes.all             number?       expected in the end
      bytes.copied          number
      bytes_per_second      number?       over the time in eta_window_seconds
      eta_seconds           number?       how long the rest of what is going on
                                          takes
      eta_basis             text?         "bytes" or "tasks": what that is computed
                                          from
      eta_window_seconds    number?       the time that was looked at
      hypertables           [hypertable]  by name
      runs                  [run]         those that are going on, then dead ones,
                                          then the last ones that ended
      failures              [failure]     at most 1000 of each kind
      deferred              [deferral]    what is put off until all parts of a chunk
                                          are copied
      troubles              [trouble]     what is dead or stuck
      jobs_off              number?       jobs that jobs off has turned off
    """#
}
