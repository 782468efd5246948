extension ManualPage {
  static let versions = ManualPage(
    topic: "versions", title: "Supported versions, editions and servers",
    text: #"""
        TimescaleDB  2.14 to 2.31, the same version on both sides; schema alone works
                     between versions. Older ones are refused. Newer ones are treated
                     as 2.31, with a warning.
        PostgreSQL   14 to 18, as far as the TimescaleDB version supports it. The
                     target's major version must not be lower than the source's.
        Community    Everything works.
        Apache       Hypertables without compression. Chunks that are missing on the
                     target are not created in advance; their rows are inserted
                     through the hypertable.
        Source       A primary or a hot standby. It need not be the server that was
                     staged from. A server that has not yet replayed what was there at
                     staging is waited for (--retry-budget). A restored or promoted
                     server that lacks it is refused.
        Target       A primary.
        Connections  Direct, or through a pooler in session mode. A pooler in
                     transaction mode does not work, because settings and locks belong
                     to the session.

      After ALTER EXTENSION timescaledb UPDATE on both sides, stage again: the queue
      is valid for one version.

      Tested versions:

      The tests run on the servers that they find. During development these are
      Community 2.14.2, 2.18.2, 2.19.3 and 2.22.1 on PostgreSQL 15, Community 2.23.1,
      2.26.4, 2.28.3 and 2.29.2 on PostgreSQL 18, and Debian's Apache editions 2.19.3
      on PostgreSQL 17 and 2.31.0 on PostgreSQL 18.

      On 2026-11-21 all tests were also run on Community 2.14.2 and 2.18.2 on
      PostgreSQL 14, 2.16.1, 2.20.3 and 2.29.2 on PostgreSQL 16, and 2.19.3, 2.25.2
      and 2.29.2 on PostgreSQL 17. Support for other combinations is derived from
      TimescaleDB's source.
      """#)
}
