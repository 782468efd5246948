extension ManualPage {
  static let staging = ManualPage(
    topic: "staging", title: "stage: what is copied, and between which times",
    text: #"""
      stage writes one task for each chunk into the queue, and creates chunks that are
      missing on the target. Rows with from <= time < until are copied.

      Times:

      --until and --from are read as the type of each hypertable's time dimension: a
      timestamp, a date, or an integer. A time with an offset is converted to UTC; a
      time without one is taken as UTC. A day belongs to the range if its midnight
      does. stage reports how it reads a value, except for timestamps with time zone.
      Words such as now and infinity are refused.

      Hypertables whose time cannot be compared with the value are left out and named,
      as long as there are others. Stage them separately, with --filter, or give them
      a value of their own, which also goes for the continuous aggregates on them:

          timescaledb-backfill stage --until '2026-01-01T12:30:00Z' \
            --until public.events=1000000

      --until is the completion point: a time after which the target already has every
      row. Rows of the target before it are replaced, wherever the source has a chunk.
      Rows from it on are left alone.

      --from limits the copy at the other end. Choose a bucket boundary of the
      continuous aggregates. Otherwise the first bucket is later computed from only
      some of its rows.

      Selection:

      --filter is a regular expression, not case-sensitive, on schema.table of
      hypertables and schema.view of continuous aggregates. Names match as they are
      and as PostgreSQL quotes them. --cascade-up adds the continuous aggregates that
      are built on the matches, --cascade-down what the matches are built on.

          timescaledb-backfill stage --until '2026-01-01T12:30:00Z' \
            --filter '^public\.(readings|readings_hourly)$'

      --exclude leaves out what it matches, whatever selected it. An aggregate can be
      left out while the aggregates on it are copied: each has rows of its own.

      What will be staged:

      --dry-run shows what stage would do, and writes nothing on either side. It
      refuses and warns as stage does, where that can be known without writing. stage
      ends with the same table, of everything that is selected:

        Chunks, Compressed
            Chunks that are newly staged, and how many of them are compressed.
        Cut
            Chunks with a part of their time outside the range.
        In parts
            Large chunks that are copied in parts (see tuning).
        Size, Rows
            How much there is to read: the chunks' files without indexes, and rows
            by statistics. Of a cut chunk, the share of its time.

      Lines below it name chunks that are left out, and those that will take longer
      than their size says, with the reason.

      Staging again:

      Staging again adds what is missing and leaves the rest alone. With another
      range, or after chunks were merged, stage replaces the tasks of the selected
      hypertables that are not copied yet, and reports which copied ones lie outside
      the range.

      A hypertable or continuous aggregate that you drop and create again on the
      target has none of the rows that were copied before. copy and verify then say
      so and exit with 1; stage again adds its chunks, and copy copies them.

      Warnings and refusals:

      stage warns of what may get in the way: jobs that are still on at the target,
      retention on the source, triggers and foreign keys on the target, and functions
      there that would run with this role's privileges and belong to others.

      It makes all the checks of check, and refuses for what stops (see findings).

      It refuses a target that holds more than ten times the rows that the source has
      in the range, or that holds rows where the source's chunks have none: source and
      target may be exchanged. --allow-shrinking continues anyway.

      A schema that was created by hand:

      The command schema is the best way to create the target's schema, as it also
      carries the state of continuous aggregates and compressed chunks. A schema
      created by hand works, too. The hypertables need the same names, column names
      and column types; the order of columns may differ. Continuous aggregates need
      the same view names and queries, which stage compares. Chunks may have other
      intervals. The target's hypertables must not be unlogged.

      See also: findings, snapshots, tuning (for --split-size), resuming (for
      --adopt-source).
      """#)
}
