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
      name: "foreign_key",
      schema: """
        CREATE TABLE devices (dev int PRIMARY KEY);
        INSERT INTO devices SELECT generate_series(1, 9);
        \(metrics(constraint: ", FOREIGN KEY (dev) REFERENCES devices"))
        """, data: partial,
      onTarget: [("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'm'::regclass", "1")]
    ),
    .init(
      name: "unique_constraint", schema: metrics(constraint: ", UNIQUE (dev, time)"), data: partial),
    .init(
      name: "own_chunk_schema",
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
    chunkSkipping("chunk_skipping", since: TimescaleVersion(2, 16, 0), targets: [.byHand]),
    // Before, its own catalog could not be restored (timescale/timescaledb#8130).
    chunkSkipping("chunk_skipping_restored", since: TimescaleVersion(2, 20, 3), targets: [.dumped]),
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

  private static func chunkSkipping(
    _ name: String, since: TimescaleVersion, targets: Set<TargetOrigin>
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
        """,
      queries: [
        skipping("'2024-01-02 12:00Z'"), skipping("'2024-01-03 10:00Z'"), skipping("'2024-01-01 23:30Z'"),
      ])
  }

  private static func skipping(_ at: String) -> String {
    """
    SET timescaledb.enable_chunk_skipping = on;
    SELECT count(*), sum(hashtext(m::text)) FROM m WHERE at BETWEEN \(at)::timestamptz AND \(at)::timestamptz + interval '40 min'
    """
  }
}
