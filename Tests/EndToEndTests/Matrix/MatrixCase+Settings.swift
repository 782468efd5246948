import TestServers

extension MatrixCase {
  /// How chunks are compressed: by which columns, in which order, and what that leaves in the batches.
  static let settings: [MatrixCase] = [
    .init(name: "segment_by_none", schema: metrics(segmentBy: "", orderBy: "time DESC"), data: partial),
    .init(
      name: "segment_by_several", schema: metrics(segmentBy: "dev, txt", orderBy: "time"), data: nullable),
    .init(
      name: "order_by_several",
      schema: metrics(segmentBy: "dev", orderBy: "val DESC NULLS LAST, txt NULLS FIRST, time DESC"),
      data: nullable),
    .init(
      name: "default_settings", schema: "\(unset) ALTER TABLE m SET (timescaledb.compress)", data: partial),
    .init(
      name: "mixed_settings", schema: metrics,
      data: """
        \(twoDays)

        SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1

        \(alter(segmentBy: "txt", orderBy: "dev, time DESC"))

        \(compressAll)

        \(alter(segmentBy: "", orderBy: "dev DESC, time"))

        INSERT INTO m SELECT time + interval '2 days', dev, val, txt FROM m WHERE time < '2024-01-03Z';

        \(compressAll)

        \(lateRows)
        """),
    .init(
      name: "other_settings_on_target", schema: metrics, data: partial,
      targetBeforeStaging: alter(segmentBy: "txt", orderBy: "time, dev")),
    .init(
      name: "other_settings_made_before", schema: metrics, data: partial,
      targetBeforeStaging: """
        \(decompressAll)

        \(alter(segmentBy: "txt", orderBy: "time, dev"))

        INSERT INTO m VALUES ('2024-01-02 12:00Z', 2, -1, 'other'), ('2024-01-03 12:00Z', 2, -1, 'other')

        \(compressAll)
        """),
    .init(
      name: "compression_off_on_target", targets: [.byHand], schema: metrics, data: partial,
      targetBeforeStaging: "ALTER TABLE m SET (timescaledb.compress = false)", expected: .uncompressed,
      remark: "uncompressed"),
    .init(
      name: "all_null_batches", schema: metrics,
      data: """
        INSERT INTO m SELECT t, d, CASE WHEN d > 1 THEN d END, CASE WHEN d > 2 THEN '8' || t END
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t,
          generate_series(1, 3) AS d;

        \(compressAll)
        """),
    .init(
      name: "column_added_since", isForEveryEdition: true, schema: metrics,
      data: "\(compressed)\n\nALTER TABLE m ADD COLUMN z int\n\n\(lateRows)",
      targetBeforeStaging: "ALTER TABLE m ADD COLUMN IF NOT EXISTS z int"),
    .init(
      name: "default_added_since", isForEveryEdition: true, schema: metrics,
      data: "\(compressed)\n\nALTER TABLE m ADD COLUMN z int NOT NULL DEFAULT 7\n\n\(lateRows)",
      targetBeforeStaging: "ALTER TABLE m ADD COLUMN IF NOT EXISTS z int NOT NULL DEFAULT 7",
      expected: .asOnSourceButRecompressed),
    Self(
      name: "column_dropped_before", isForEveryEdition: true,
      schema: """
        CREATE TABLE m (x text, time timestamptz NOT NULL, y numeric, dev int NOT NULL, val float8, txt text);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m DROP COLUMN x, DROP COLUMN y;
        \(alter(segmentBy: "dev", orderBy: "time DESC"))
        """, data: partial),
    .init(
      name: "column_dropped_since", isForEveryEdition: true, schema: metrics,
      data: """
        ALTER TABLE m ADD COLUMN z int

        INSERT INTO m (time, dev) VALUES ('2024-01-02Z', 9), ('2024-01-03Z', 9)

        ALTER TABLE m DROP COLUMN z

        \(partial)
        """),
    .init(
      name: "sparse_indexes",
      schema:
        "\(metrics) CREATE INDEX ON m (val); CREATE INDEX ON m (txt, time); CREATE INDEX ON m (dev, time DESC);",
      data: partial,
      queries: [
        "SELECT count(*), sum(hashtext(m::text)) FROM m WHERE val BETWEEN 100 AND 105",
        "SELECT count(*) FROM m WHERE txt = (SELECT max(txt) FROM m WHERE dev = 2)",
        "SELECT txt, count(*) FROM m WHERE txt IN ('late', 'never') GROUP BY 1",
      ]),
  ]

  /// Sparse indexes of somebody's own choice (2.22), of several columns too (2.26), and others chosen since a chunk was
  /// compressed.
  static let chosenIndexes: [MatrixCase] = [
    chosen("sparse_indexes_chosen", since: TimescaleVersion(2, 22, 0), [#"bloom("txt"), minmax("val")"#]),
    chosen("sparse_indexes_of_several", since: TimescaleVersion(2, 26, 0), [#"bloom("val", "txt")"#]),
    chosen(
      "sparse_indexes_changed", since: TimescaleVersion(2, 22, 0), [#"minmax("val")"#, #"bloom("txt")"#, ""]),
  ]

  private static func chosen(_ name: String, since: TimescaleVersion, _ choices: [String]) -> MatrixCase {
    func choose(_ indexes: String) -> String {
      "ALTER TABLE m SET (timescaledb.compress_index = '\(indexes)');"
    }
    return .init(
      name: name, versions: since ... .newest, schema: "\(metrics) \(choose(choices[0]))",
      data: "\(twoDays)\n\n"
        + choices.map { choice in
          "\(choose(choice)) SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1"
            + (choice == choices[0] ? "" : " OFFSET 1")
        }.joined(separator: "\n\n") + "\n\n\(compressAll)",
      queries: [
        """
        SELECT s.index FROM show_chunks('m') AS c JOIN _timescaledb_catalog.compression_settings AS s ON s.relid = c
        ORDER BY s.index::text
        """,
        "SELECT count(*), sum(hashtext(m::text)) FROM m WHERE val BETWEEN 100 AND 105",
        "SELECT count(*) FROM m WHERE txt = (SELECT max(txt) FROM m WHERE dev = 2)",
      ])
  }

  static func alter(segmentBy: String, orderBy: String) -> String {
    """
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = '\(segmentBy)',
      timescaledb.compress_orderby = '\(orderBy)');
    """
  }

  static func metrics(segmentBy: String, orderBy: String) -> String {
    "\(unset) \(alter(segmentBy: segmentBy, orderBy: orderBy))"
  }

  /// The same hypertable without compression.
  static let unset = """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """

  /// Few values, many of them null.
  private static let nullable = """
    INSERT INTO m SELECT t, d, nullif(extract(hour FROM t)::int % 5, 3), nullif((extract(hour FROM t)::int % 9)::text, '4')
    FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t,
      generate_series(1, 3) AS d;

    \(compressAll)

    \(lateRows)
    """
}
