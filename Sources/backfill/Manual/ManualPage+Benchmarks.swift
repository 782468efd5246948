extension ManualPage {
  static let benchmarks = ManualPage(
    topic: "benchmarks", title: "How fast it is",
    text: #"""
      Measured on 2026-11-21 with the programs in Benchmarks, on 2 cores of an AMD
      EPYC with Debian 12, PostgreSQL 15 and TimescaleDB 2.22.1. Source and target
      were on one server, with 3,456,000 rows of six columns in the order of time
      unless noted. Times are medians of five runs in turn. "Pipe" is psql | psql, one
      for each chunk, as many at a time as there are workers.

                                                 program      pipe   ratio
          8 chunks, 2 indexes, 4 workers          4.71 s    9.59 s    2.04
            with --keep-indexes                   9.47 s    9.59 s    1.01
          8 chunks, 4 indexes, 4 workers          6.75 s   18.0  s    2.66
          8 chunks of 144,000 rows, 8 indexes,
            4 workers                             4.70 s   10.9  s    2.32
          8 chunks of three columns, 1 index,
            4 workers                             2.85 s    5.26 s    1.85
          8 compressed chunks, 4 workers (the
            pipe compresses afterwards)           0.46 s    9.50 s   20.7
          one chunk in 8 parts, 2 indexes,
            1 worker                              6.84 s   12.7  s    1.85
          one chunk in 8 parts, 2 indexes,
            4 workers                             6.87 s   12.1  s    1.77
          2,000 chunks of 60 rows, 8 workers
            (staged in 0.40 s)                    5.11 s   55.0  s   10.8
          200 such chunks, round trips of
            10 ms, 1 worker                       9.94 s   19.1  s    1.92
          verifying 8 chunks, 4 workers
            (pipe: copying)                       1.48 s    9.14 s    6.16
          client CPU, 8 chunks, 2 indexes       1.6 s/GB  3.9 s/GB    2.41
          client memory, 8 workers, chunks
            of 2.9 and of 29 MB                23, 24 MB  204, 205 MB

      One worker reads, sends and writes at the same time, and the servers build
      indexes with workers of their own. That keeps two cores busy, so more workers
      make no difference for one chunk here. A chunk too small to defer its index
      builds takes 4 consecutive round trips to copy, a larger one 5. Verifying takes
      3.
      """#)
}
