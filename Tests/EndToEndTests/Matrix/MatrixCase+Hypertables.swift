import TestServers

extension MatrixCase {
  /// What hypertables may be like.
  static let hypertables: [MatrixCase] = [
    Self(
      name: "space",
      schema: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
        SELECT create_hypertable('m', 'time', 'dev', 3, chunk_time_interval => interval '1 day');
        \(alter(segmentBy: "dev", orderBy: "time DESC"))
        """, data: partial
    ).watched,
    .init(
      name: "space_unwatched", isForEveryEdition: true,
      schema: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
        SELECT create_hypertable('m', 'time', 'dev', 3, chunk_time_interval => interval '1 day');
        """, data: twoDays),
    .init(
      name: "foreign_key", isForEveryEdition: true,
      schema: """
        CREATE TABLE devices (dev int PRIMARY KEY);
        INSERT INTO devices SELECT generate_series(1, 9);
        \(metrics(constraint: ", FOREIGN KEY (dev) REFERENCES devices"))
        """, data: partial,
      onTarget: [("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'm'::regclass", "1")]
    ),
    // Tables may refer to hypertables from 2.16 on, whose chunks can't be compressed then.
    .init(
      name: "referred_to", versions: TimescaleVersion(2, 16, 0) ... .newest,
      schema: """
        \(withKey)
        CREATE TABLE notes (time timestamptz NOT NULL, dev int NOT NULL, FOREIGN KEY (time, dev) REFERENCES m);
        """, data: twoDays),
    .init(
      name: "tablespace", isForEveryEdition: true,
      schema: "\(metrics) SELECT attach_tablespace('\(MatrixRun.tablespace)', 'm');", data: partial,
      queries: [
        """
        SELECT c.relkind, count(*) FROM pg_class AS c JOIN pg_tablespace AS s ON s.oid = c.reltablespace
        WHERE s.spcname = '\(MatrixRun.tablespace)' AND c.relkind IN ('r', 't') GROUP BY 1 ORDER BY 1
        """
      ]),
    .init(
      name: "unique_constraint", isForEveryEdition: true, schema: metrics(constraint: ", UNIQUE (dev, time)"),
      data: partial),
    .init(
      name: "own_chunk_schema", isForEveryEdition: true,
      schema: """
        CREATE SCHEMA "its chunks";
        CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day',
          associated_schema_name => 'its chunks', associated_table_prefix => 'pre fix');
        \(alter(segmentBy: "dev", orderBy: "time DESC"))
        """, data: partial,
      onTarget: [
        ("SELECT count(*) FROM show_chunks('m') AS c WHERE c::text LIKE '\"its chunks\".\"pre fix_%'", "2")
      ]),
    chunkSkipping("chunk_skipping", since: rightAnswers, targets: [.byHand]),
    // Before, its own catalog could not be restored (timescale/timescaledb#8130).
    chunkSkipping("chunk_skipping_restored", since: restorable, targets: [.dumped]),
    // The target's ranges are those of the dump, and the source's have moved on.
    chunkSkipping(
      "chunk_skipping_changed", since: restorable, targets: [.dumped],
      sourceBeforeStaging: """
        \(decompressAll)

        UPDATE m SET at = time + interval '90 days'

        SET timescaledb.enable_chunk_skipping = on; \(compressAll)
        """),
    chunkSkipping(
      "chunk_skipping_other_bounds", since: rightAnswers, targets: [.byHand],
      targetBeforeStaging: """
        SELECT set_chunk_time_interval('m', interval '3 days')

        INSERT INTO m (time, dev) VALUES ('2024-01-02 00:01Z', 1)
        """, targetBeforeCopying: "SELECT drop_chunks('m', older_than => '2024-01-10Z'::timestamptz)",
      expected: .otherwise),
    .init(
      name: "own_intervals", schema: metrics,
      data: """
        INSERT INTO m SELECT t, 2, 1, md5(t::text)
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:50Z', '10 min') AS t;

        SELECT set_chunk_time_interval('m', interval '5 hours')

        INSERT INTO m SELECT t, 2, 2, md5(t::text)
        FROM generate_series('2024-01-03Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t;

        \(compressAll)
        """),
  ]

  private static let restorable = TimescaleVersion(2, 20, 3)
  /// Before, a query could leave out chunks that have rows for it (timescale/timescaledb#7318).
  private static let rightAnswers = TimescaleVersion(2, 17, 0)

  private static func chunkSkipping(
    _ name: String, since: TimescaleVersion, targets: Set<TargetOrigin>, sourceBeforeStaging: String = "",
    targetBeforeStaging: String = "", targetBeforeCopying: String = "", expected: ExpectedChunks = .asOnSource
  ) -> MatrixCase {
    .init(
      name: name, versions: since ... .newest, targets: targets,
      schema: """
        SET timescaledb.enable_chunk_skipping = on;
        CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text, at timestamptz);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        \(alter(segmentBy: "dev", orderBy: "time DESC"))
        SELECT enable_chunk_skipping('m', 'at');
        """,
      data: """
        \(twoDays)

        UPDATE m SET at = time - interval '1 hour'

        SET timescaledb.enable_chunk_skipping = on; \(compressAll)

        \(lateRows)
        """, sourceBeforeStaging: sourceBeforeStaging, targetBeforeStaging: targetBeforeStaging,
      targetBeforeCopying: targetBeforeCopying, expected: expected,
      queries: [
        skipping("'2024-04-02 12:00Z'"), skipping("'2024-01-02 12:00Z'"), skipping("'2024-01-03 10:00Z'"),
        skipping("'2024-01-01 23:30Z'"),
      ])
  }

  private static func skipping(_ at: String) -> String {
    """
    SET timescaledb.enable_chunk_skipping = on;
    SELECT count(*), sum(hashtext(m::text)) FROM m WHERE at BETWEEN \(at)::timestamptz AND \(at)::timestamptz + interval '40 min'
    """
  }
}
