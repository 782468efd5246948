extension ManualPage {
  static let findings = ManualPage(
    topic: "findings", title: "check: what stands in the way of a migration",
    text: #"""
      check reads both databases and tells what it finds, the most important first:

        stop      The migration fails or goes wrong until this is mended. stage
                  refuses to run for it.
        warning   Something gets in the way later, or is lost.
        note      Good to know.

      It writes nothing on either side, and can be run at any time. Run it before the
      schema is created on the target, again before stage, and with the option
      --parallelism that copy will get.

          timescaledb-backfill check --parallelism 16

      Each finding says why it matters. Where one statement or command mends it, that
      follows, ready to be pasted. Statements are for the side that the finding is
      about.

      --filter, --exclude, --cascade-up and --cascade-down select hypertables as for
      stage. With --until (and --from), check also reads the values as stage will, and
      compares how many rows both sides have before that time. Without it, all of time
      is looked at.

      The exit code is 0 if nothing stops, and 1 if something does. --json has all
      findings with their codes:

          timescaledb-backfill check --json | jq -r '.findings[] | .code'

      See also: privileges, checks, json.
      """#)
}
