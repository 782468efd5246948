import TestServers

extension MatrixCase {
  /// Ways in which a chunk may be stored.
  static let storage: [MatrixCase] = [
    Self(name: "plain", schema: metrics, data: twoDays).watched,
    .init(name: "plain_unwatched", isForEveryEdition: true, schema: metrics, data: twoDays),
    Self(name: "compressed", schema: metrics, data: compressed).watched,
    .init(name: "compressed_unwatched", schema: metrics, data: compressed),
    Self(name: "partial", schema: metrics, data: partial).watched,
    Self(name: "partial_with_key", schema: withKey, data: partial).watched,
    .init(name: "partial_unwatched", schema: withKey, data: partial),
    .init(
      name: "unordered", versions: directCompression ... .newest, schema: metrics, data: "",
      dataAsSuperuser: overlapping, expected: .asOnSourceOrOrdered, onSource: [(statuses, "3")]),
    .init(
      name: "unordered_partial", versions: directCompression ... .newest, schema: metrics, data: "",
      dataAsSuperuser: "\(overlapping)\n\n\(lateRows)", expected: .asOnSourceButRecompressed,
      onSource: [(statuses, "3\n11")]),
    Self(
      name: "frozen", schema: metrics,
      data:
        "\(twoDays)\n\nSELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1;\n\n\(freeze)",
      onSource: [(statuses, "4\n5")]
    ),
    Self(
      name: "frozen_partial", schema: metrics, data: "\(partial)\n\n\(freeze)",
      onSource: [(statuses, "5\n13")]),
    Self(
      name: "frozen_on_target", schema: metrics, data: compressed, targetBeforeCopying: freeze
    ).watched,
    .init(
      name: "frozen_on_target_plain", schema: metrics, data: twoDays, targetBeforeCopying: freeze),
    .init(
      name: "long_values", isForEveryEdition: true, schema: metrics,
      data: """
        INSERT INTO m SELECT t, d, NULL, (
          SELECT string_agg(md5(random()::text || t || d || i), '') FROM generate_series(1, 60) AS i)
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t,
          generate_series(1, 2) AS d;

        \(compressAll)
        """),
    .init(
      name: "emptied", schema: metrics, data: "\(compressed)\n\nDELETE FROM m WHERE time < '2024-01-03Z'",
      expected: .asOnSourceButRecompressed),
    .init(
      name: "many_batches", schema: metrics,
      data: """
        INSERT INTO m SELECT t, d, d, extract(epoch FROM t)::text
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:59:59Z', '40 s') AS t,
          generate_series(1, 3) AS d;

        \(compressAll)
        """),
  ]

  static let compressed = "\(twoDays)\n\n\(compressAll)"
  static let partial = "\(compressed)\n\n\(lateRows)"
  static let statuses = """
    SELECT DISTINCT _timescaledb_functions.chunk_status(c)
    FROM show_chunks('m', older_than => '2024-01-10Z'::timestamptz) AS c ORDER BY 1
    """
  static let freeze = """
    SELECT _timescaledb_functions.freeze_chunk(c)
    FROM show_chunks('m', older_than => '2024-01-10Z'::timestamptz) AS c;
    """

  private static let directCompression = TimescaleVersion(2, 21, 0)

  /// Chunks that COPY compressed on the fly, in batches that overlap.
  private static let overlapping = """
    SET timescaledb.enable_direct_compress_copy = on

    DO $$
    DECLARE
      file text := format('/tmp/%s.%s.%s.copy', current_setting('port'), current_database(), current_schema);
    BEGIN
      FOR k IN 0..4 LOOP
        EXECUTE format(
          'COPY (SELECT t, d, extract(epoch FROM t) / d, md5(t::text || d)
           FROM generate_series(timestamptz ''2024-01-02Z'' + %s * interval ''7 min'', ''2024-01-03 23:59Z'', ''35 min'')
             AS t, generate_series(1, 3) AS d) TO %L', k, file);
        EXECUTE format('COPY m FROM %L', file);
      END LOOP;
    END $$;

    SET timescaledb.enable_direct_compress_copy = off
    """
}
