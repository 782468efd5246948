extension ManualPage {
  static let tests = ManualPage(
    topic: "tests", title: "Tests, mutants and chaos runs",
    text: #"""
      scripts/test runs the tests on every PostgreSQL with TimescaleDB that it finds
      in /usr/lib/postgresql/*/bin and /opt/*/bin. It also creates two Debian roots
      with the Apache edition in ~/.cache/timescaledb-backfill (BACKFILL_CACHE names
      another place), which takes root and some minutes the first time. Arguments are
      passed on to swift test.

      The tests start throwaway clusters of their own on free ports and touch no
      others. With four servers found they take up to 3 GB during the run: of memory
      if root may mount a tmpfs and 4 GB, and one more for each server, are available;
      otherwise of /tmp, where tests take half as long again. What a killed run left
      behind is removed by the next. At the end, scripts/test lists the skipped tests
      by what they need, and the slowest tests and suites.

        BACKFILL_TEST_PGBIN     Bin directories of the PostgreSQL installations to use
                                instead of those two places, separated by colons.
        BACKFILL_TEST_VERSIONS  Only these TimescaleDB versions, such as '2.29.2'.
        BACKFILL_TEST_ROOTS     More Debian roots with PostgreSQL in them, separated
                                by colons.
        BACKFILL_TEST_LIMIT     How long a run may take; 45m by default. A longer one
                                is ended, and the tests in progress are named.
        BACKFILL_TEST_SEED      The seed of random choices, as an earlier run printed
                                it.
        BACKFILL_TEST_EVERY_STATEMENT
                                Faults are tried at one of so many statements of
                                copy and verify, and changes at those of copy; 40 by
                                default. 1 tries all, which takes more than an hour.
        BACKFILL_DEBIAN_MIRROR  The mirror from which the roots are made.

          BACKFILL_TEST_VERSIONS='2.29.2' scripts/test --filter EndToEnd

      CI runs .ci/run: strict format, a build without warnings, the size and libraries
      of the release binary, the packages and their use on one Debian release,
      scripts/test, and all tests again with the Apache edition alone.
      scripts/package --try uses the packages on Debian 11, 12, 13 and sid, and is run
      by hand. .ci/oldest-swift builds everything with Debian 13's Swift 6.0.3; where
      that was run once, CI runs it too.

      Mutants:

      scripts/mutate changes one line of a copy of the sources at a time, and checks
      that the tests that scripts/mutants names for it fail. --sample 5 takes five of
      them, --list shows all.

      Chaos:

      scripts/chaos --minutes N migrates a database with chunks of every kind again
      and again while it injects faults at random. Each time it compares the content
      by checksum, the answers through indexes, time ranges and filters with the rows,
      and how chunks are stored. A round is identified by its seed and can be
      repeated. A fault counts only if it hit somebody.

      On 2026-11-29 scripts/chaos --rounds 110 --seed 20000 ran with TimescaleDB
      2.29.2 on PostgreSQL 18, and --rounds 90 --seed 21000 with 2.22.1 on PostgreSQL
      15. 880 faults of 47 kinds hit somebody; 220 more did not, and are not counted.
      Among them: copy killed 76 times and stage 39 times, 25 second copies killed, 78
      times connections cut (11 around a COMMIT), 42 immediate restarts of a server,
      24 servers stopped and 24 networks silent for a while, 39 sessions terminated, 5
      full disks, 77 times chunks compressed, recompressed, decompressed or rolled up
      and 29 times merged on the source meanwhile, 37 times dropped there, 20 standbys
      that lagged, 15 refreshes of the target, 34 locked tasks, 36 times copied chunks
      put back and 15 times a queue staged with another end, 30 sources with another
      collation and 41 with another encoding. In two rounds verify told of rows on the
      target whose chunks had been taken out of the queue and then dropped on the
      source; they were deleted as it advised. All 200 rounds ended with identical
      content: 4.7 million rows compared, none lost, none doubled.
      """#)
}
