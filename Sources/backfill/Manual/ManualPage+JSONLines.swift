extension ManualPage {
  /// What --json-progress writes.
  static let lines = #"""
    Each line of --json-progress is an object of its own: first a "started" line,
    last an "ended" one, and during copy and verify a "progress" line at least every
    5 seconds. Standard output has the document, or without --json the text, with no
    live display; that tells no warnings and errors, which are lines of standard
    error. A usage error is one "error" line and no other, and status --watch tells
    errors only. If nobody reads standard error, lines are left out beyond a
    thousand: "omitted" says how many.

    Members of every line:

      time                  time          when it was told, by this machine's clock
      event                 text          what the line is about; an event never
                                          changes its meaning

    Lines of started:

      format                number        1
      program, version      text          this program's
      command               text          the subcommand

    Lines of connected:

      side                  text          "source" or "target"
      address               text          as of a database
      database, user        text          as of a database
      postgresql            text          as of a database
      timescaledb           text?         as of a database

    Lines of planned:

      tasks.all             number        that this run has before it
      tasks.before          number        done by earlier runs
      bytes.all             number?       that the first are expected to read
      bytes.before          number?       that the others were

    Lines of began:

      worker                number        counted from 0
      task                  task
      bytes_expected        number?       to be read

    Lines of finished:

      worker                number        as of began
      number                number        counted in the order of completion
      total                 number        tasks of this run
      result                text          "copied", "skipped", "verified", "counted"
                                          or "differs"
      task                  task
      seconds               number        how long it took
      rows                  number
      bytes                 number        moved; 0 for verify
      bytes_per_second      number?
      remarks               [comment]     how it went, or what differs

    Lines of failed:

      worker                number        as of began
      number, total         number        as of finished
      failure               failure

    Lines of progress:

      seconds               number        since the work began
      tasks.all             number        of this run
      tasks.done            number        failed and differing ones included
      tasks.failed          number
      tasks.differing       number
      tasks.running         number        being worked on
      rows                  number        of the tasks that are done
      bytes                 number        moved by this run so far
      bytes_per_second      number?       over the last ten seconds or more
      percent               number?       of all tasks, those of earlier runs
                                          included, by the bytes that stage expected
      eta_seconds           number?       how long the rest takes at the run's
                                          average pace

    Lines of refreshing:

      aggregate             text          as of a range
      batch, batches        number        which part of it is refreshed, and of how
                                          many
      to                    text          up to when it is refreshed

    Lines of refreshed:

      aggregate             text          as of a range
      from, to              text?         as of a range
      seconds               number        as of a range

    Lines of step:

      step                  text          as of schema, or "table"
      number, total         number        counted from 1
      message               text          the same for people
      seconds               number?       how long it took; null when it begins

    Lines of loading:

      seconds               number        since the work began
      rows                  number        loaded by this run so far
      bytes                 number        of records that are loaded, without
                                          compression
      bytes_all             number?       of all files, if none is compressed

    Lines of warning, note, error, stopping, suspending:

      code, message         text          as of a problem; stopping tells what a
                                          signal does, suspending what Ctrl-Z does
      detail, hint          text?         as of a problem
      side, sqlstate        text?         as of a problem
      object                text?         as of a problem

    Lines of omitted:

      lines                 number        left out here

    Lines of ended:

      outcome               text          as of a document
      exit                  number        the exit code
      seconds               number        since the program began
    """#
}
