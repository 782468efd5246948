extension ManualPage {
  static let migrating = ManualPage(
    topic: "migrating", title: "migrate: a whole migration, step by step",
    text: #"""
      timescaledb-backfill migrate leads through a migration:

          export BACKFILL_SOURCE='host=old.example.com dbname=metrics user=postgres'
          export BACKFILL_TARGET='host=new.example.com dbname=metrics user=postgres'
          timescaledb-backfill migrate

       1. check             what stands in the way (before and after schema)
       2. schema            or jobs off, if the target has the schema already
       3. write to both databases
       4. completion point
       5. stage
       6. copy
       7. verify
       8. refresh-caggs
       9. jobs on
      10. clean

      Steps 3 and 4 are yours. The others are the commands of the same names. Each is
      shown with its options and asked about: y or Enter runs it, anything else leaves
      migrate. The options of migrate are passed on to the steps that have them.

      All steps run as one role, which has to be one that may run schema: a superuser,
      or with --managed the provider's role. schema therefore runs with --no-grants.
      If the target has the schema already, any role that may stage and copy will do.

      Leaving it and going on:

      Run the same command again. migrate looks at the target, and goes on with the
      first step that is not done: after an answer other than yes, Ctrl-C, a failure,
      kill -9, or days. How far copying and verifying are, the queue says; what cannot
      be seen is recorded on the target, in __backfill.migration (see queue). You can
      run any of the commands yourself in between. What was staged stays as it is:
      --until, --from, --filter, --exclude and the cascades are recorded, and need not
      be given again.

      If a step fails, or verify finds a difference, migrate ends with its exit code.
      jobs on comes only when all is copied, verified and refreshed.

      Writing to both databases (step 3):

      All writers have to apply inserts, updates and deletes on both sides. This can
      only begin when the schema is there, and migrate cannot see it begin. The answer
      is a promise, so Enter means no. Before it stages, migrate compares: if a
      hypertable has rows from the completion point on, and the target has none of
      them, it says so, and asks again (with --yes it stops). If nothing is written
      to the source any more, the answer is yes, too.

      The completion point (step 4):

      Rows before it are copied; rows from it on are not, as the application has
      written them to both sides. The suggestion is the next full minute after your
      answer in step 3, by the source's clock. If rows are there with a time that is
      up to an hour ahead of that clock, it is the next full minute after them:
      otherwise they could be on the source alone. Rows of a more distant future are
      named before staging.

      migrate waits until the completion point has come, and ten seconds more for rows
      on their way, before it stages. For a time column of type date, it is the next
      midnight in UTC. A row that arrives later with a time before the completion
      point goes to both sides, as every row does. It is copied with its chunk; if it
      arrives just while that is done, verify finds it missing.

      Integers and timestamps without time zone follow no clock that is known. Each
      hypertable with such a time is asked about, and the suggestion comes after its
      newest row. On the command line:

          timescaledb-backfill migrate --until '2026-01-01T12:30:00Z' \
            --until public.events=1000000

      A completion point that is given is not changed, so it may lie before step 3: if
      all writers wrote to both sides by then.

      Without questions:

      --yes asks nothing. What a person has to tell is told by options, and where it
      is not, migrate ends with exit code 5 and says what it needs:

          timescaledb-backfill migrate --yes
          timescaledb-backfill migrate --yes --writing-to-both \
            --until '2026-01-01T12:30:00Z'

      The first brings the schema to the target. Then the application begins to write
      to both, and the second does the rest, the waiting included.

      A target with rows:

      If the hypertables have rows and no migration is recorded there, the target may
      be one to which a migration has been finished, and another one would replace its
      rows. migrate asks, or needs --no-schema.

      Cutting over is left to you: stop writes to the source, run
      schema --tables-only, and let the application use the target alone.

      See also: transfer, staging, jobs, resuming, exit-codes.
      """#)
}
