extension ManualPage {
  static let reporting = ManualPage(
    topic: "reporting", title: "The report of a migration: report",
    text: #"""
      timescaledb-backfill report writes what the queue on the target has recorded as
      one HTML document:

          timescaledb-backfill report --output migration.html
          timescaledb-backfill report --output - | gzip > migration.html.gz

      The document is one file that loads nothing, from the network or elsewhere. It
      has light and dark colours, and can be printed. A small script in it shows what
      a chunk's shape says below the picture, for the pointer and for the arrow keys.
      Without the script, the browser shows it at the pointer, and tables have the
      chunks that are not verified, and some of the others.

      It shows:

      - the migration at a glance: what it comes to, from and to which database, their
        versions, duration, rows and bytes, and what was verified and how
      - for each hypertable and continuous aggregate: the staged range, whose end is
        the completion point, and the number of tasks in each state
      - the time axis of each of them, with its tasks by state. Where they would be
        too narrow to be seen, the axis is broken into lines of a year, a week or
        another period; lines without a task are left out
      - throughput of each run of copy and verify, with its sessions
      - the slowest chunks
      - all failures and differences, and what became of each of them
      - all commands as they were given, without connection strings

      Messages of servers may quote values of rows ("Failing row contains ..."). Look
      at them before you give the document to somebody who must not see data.

      States of a task: not copied; copied, not verified; verified; failed, if its
      last try ended with an error; differing, if it was compared last with a
      difference. Each task is in one of them.

      When to write it:

      At any time from stage until clean, which removes the queue: then there is
      nothing to report, and report exits with 1. Of an empty queue the report says
      that nothing is staged. Before the end, it says what is left.

      report exits with 0 if it wrote the document, whatever that says: status has
      exit codes that tell how the migration is. A path that cannot be written is
      refused with 2 before the target is asked. The file gets its name when it is
      complete, and then replaces what was there.

      What it does not know:

      Queues that an earlier version or Timescale's tool worked on have no record of
      the source, of which run did which task, and of failures that were resolved; the
      report then leaves these out. What was copied again counts once, as it was
      copied last. verify --count and --estimate mark nothing as verified.

      The document has an entry of about 150 bytes for each task: for 10,000 tasks it
      has less than 2 MB.

      Privileges:

      report needs to read the tables of the schema __backfill, as status does (see
      monitoring). What it may not read it leaves out, with a warning. It reads in one
      snapshot, and its only locks are ACCESS SHARE on these tables.
      """#)
}
