import TestServers

/// What `--help` and `--list` print.
enum Help {
  static let text = """
    usage: backfill-bench [options]

    Measures timescaledb-backfill against other ways to copy chunks, on throwaway servers of its own.

      --list               the scenarios and servers there are
      --scenario NAME...   only these scenarios
      --runs N             runs of each contestant (5)
      --rows-scale X       so many times the rows, for quick tries (1)
      --peer PATH          a drop-in binary to measure too; may be given several times
      --only NAME,...      only contestants whose names contain one of these
      --program PATH       this program's binary; otherwise it is built for release
      --psql PATH          psql for the pipe, with pg_dump and pg_restore beside it
      --pgcopydb PATH      pgcopydb, if it is not on PATH
      --server VERSION     the TimescaleDB version; the newest Community edition found otherwise
      --two-clusters       source and target on a cluster each
      --durable            fsync, full_page_writes and synchronous_commit on
      --without-create     app may not create in _timescaledb_internal on the target
      --json FILE          all that was measured
      --svg FILE           a chart of throughput
      --markdown FILE      tables for a README

    Tables go to standard output, progress to standard error. Servers are found as by the tests
    (BACKFILL_TEST_PGBIN and the other variables of Tests/TestServers).
    """

  static var list: String {
    let width = Scenario.all.map(\.name.count).max() ?? 0
    let scenarios = Scenario.all.map { scenario in
      "  " + scenario.name + String(repeating: " ", count: width + 2 - scenario.name.count)
        + scenario.question
    }
    let servers = TestServer.community.map { "  \($0)" }
    return (["Scenarios:"] + scenarios + ["Servers:"] + servers).joined(separator: "\n")
  }
}
