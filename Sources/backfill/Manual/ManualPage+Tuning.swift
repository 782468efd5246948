extension ManualPage {
  static let tuning = ManualPage(
    topic: "tuning", title: "How to make copying faster, or gentler",
    text: #"""
      Workers:

      --parallelism N (1 to 255, default 8) is the number of chunks copied at a time.
      Each worker uses one connection and about one busy core on each side; copy uses
      one more connection to the target. Start with the number of cores of the smaller
      server, or with what check --measure suggests, and raise it while the total rate
      still rises. Every running copy and verify adopts a new number within a second:

          UPDATE __backfill.session SET parallelism = 16;

      The value at start is ignored; only later updates take effect.

      --parallelism auto finds the number itself. It starts with 2, measures every 4
      seconds, adds workers while throughput grows by at least 5 percent a step, and
      removes some when the source begins to answer slowly.

      Rate:

      --max-rate 50MB limits what one copy reads from the source in a second, on
      average over its chunks. The unit is required. While a chunk holds locks for
      which others may wait, nothing is delayed; the delay is made up for before the
      next chunk. verify --max-rate counts the bytes of the rows that the source
      stores for a chunk, compressed as they are, as its server reads these; only the
      checksum goes over the network. Each chunk is read at full speed, and the delay
      comes before the next: with many workers, the first chunks begin at once.

      Large chunks:

      Usually one worker copies a chunk. stage splits uncompressed chunks with more
      than 1 GB of rows into parts by time, which several workers copy at once. An
      interrupted run repeats only the part in progress. --split-size 500MB sets
      another limit; 0 disables splitting. A split requires an index on time on the
      source, and rows stored roughly in the order of time; stage reports which chunks
      stay whole because they lack these. verify treats a split chunk as one.

      Parts have a cost: one index on time is maintained row by row while they load.
      Splitting helps only if a single worker cannot saturate the target.

      A split chunk keeps its unique indexes. It gets the others back with its last
      part, or from clean. Until then __backfill.deferred holds their definitions, so
      do not drop the schema __backfill by hand. An index that cannot be rebuilt, for
      example because the hypertable's own was dropped meanwhile, makes the last part
      fail. clean then rebuilds all others, prints what to run for that one, and keeps
      the queue with its note.

      Indexes:

      With TimescaleDB 2.22 or later, large uncompressed chunks load faster if their
      indexes are built after the rows are loaded instead of row by row. This takes a
      privilege that owners of hypertables do not have:

          GRANT CREATE ON SCHEMA _timescaledb_internal TO app;

      Without it, or with --keep-indexes, indexes stay in place during loading. Each
      index build may use 256 MB in each worker, or maintenance_work_mem if that is
      more. It takes up to max_parallel_maintenance_workers parallel workers from the
      target's max_worker_processes, of which TimescaleDB's scheduler uses one for
      each database. The default of 8 is soon used up, and builds are slower then. For
      a few huge chunks on a large server, ask for more in the target's connection
      string:

          options='-c max_parallel_maintenance_workers=8'

      Server settings:

      A generous max_wal_size on the target keeps checkpoints from limiting the rate.
      """#)
}
