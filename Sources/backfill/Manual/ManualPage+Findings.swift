extension ManualPage {
  static let findings = ManualPage(
    topic: "findings", title: "check: what stands in the way of a migration",
    text: #"""
      check reads both databases and tells what it finds, the most important first:

        stop      The migration fails or goes wrong until this is mended. stage
                  refuses to run for it.
        warning   Something gets in the way later, or is lost.
        note      Good to know.

      Run it before the schema is created on the target, again before stage, and with
      the --parallelism that copy will get:

          timescaledb-backfill check --parallelism 16

      Each finding says why it matters. Where one statement or command mends it, that
      follows, ready to be pasted. A statement is for the side that the finding is
      about, or for the target. Some take a superuser.

      --filter, --exclude, --cascade-up and --cascade-down select hypertables as for
      stage. With --until (and --from), check also reads the values as stage will, and
      compares how many rows both sides have before that time. Without it, all of time
      is looked at.

      The exit code is 0 if nothing stops, and 1 if something does. --json has all
      findings with their codes:

          timescaledb-backfill check --json | jq -r '.findings[] | .code'

      What is looked at:

        Versions        TimescaleDB, PostgreSQL, edition, extensions
        States          standby, restore that was not ended, same database twice,
                        poolers in transaction mode
        Roles           what the roles need on both sides, what the target's can do
                        without and what that would bring, owners, missing roles
        Hypertables     missing ones, columns, types, generated columns, collations,
                        dimensions, constraints, unique and other indexes, chunk
                        intervals, compression settings, unlogged tables, tiered
                        chunks
        Aggregates      missing ones, definitions
        Loading         row-level security, triggers, functions of others, foreign
                        keys, publications, sequences
        Jobs            of the target, and retention on the source
        Servers         sessions, locks, processes for jobs, write-ahead log,
                        archiving, replication slots, synchronous standbys, a source
                        that is a standby and lags
        Databases       encodings, collations and their versions, time zones, clocks

      If the target has no hypertable at all, one note says to create the schema.
      Then only what does not depend on the target's hypertables is compared.

      A pooler in transaction mode is told by two sessions that share a process of the
      server. A pooler that has many idle sessions may go unnoticed.

      stage makes the same checks. It refuses for all stops at once, tells the
      warnings that are about what is staged, and says how many more check has.

      Measuring:

      --measure also tells how long a small question takes to each side, reads rows of
      the source's largest chunks, and writes rows to the target, with one session,
      two, four and so on, up to --parallelism. Each step takes one and a half
      seconds; the last is the one that gains less than 15 percent. From the slower
      side check suggests a parallelism, and tells how long copying takes at that
      rate. Building indexes comes on top, and rows that the source has in its cache
      are read faster than others.

      The rows go into temporary tables, in transactions that are rolled back. They
      take room on the target's disk until then. Nothing else is ever written, and
      without --measure nothing at all.

      See also: privileges, checks, json.
      """#)
}
