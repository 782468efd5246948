extension MatrixCase {
  /// Chunks whose form changed on one side: since the schema was dumped, or since staging.
  static let changes: [MatrixCase] = [
    Self(
      name: "decompressed_on_target", targets: [.dumped], schema: metrics, data: compressed,
      targetBeforeStaging: decompressAll
    ).watched,
    Self(name: "compressed_on_target", schema: metrics, data: twoDays, targetBeforeCopying: compressAll)
      .watched,
    Self(
      name: "compressed_while_staged", schema: metrics, data: twoDays, sourceBeforeCopying: compressAll
    ).watched,
    Self(
      name: "decompressed_while_staged", schema: metrics, data: compressed, sourceBeforeCopying: decompressAll
    ).watched,
    .init(
      name: "decompressed_on_target_while_staged", schema: metrics, data: partial,
      targetBeforeCopying: decompressAll),
    Self(
      name: "recompressed_while_staged", schema: metrics, data: partial,
      sourceBeforeCopying: "\(decompressAll)\n\n\(compressAll)",
      targetBeforeCopying: "\(decompressAll)\n\n\(compressAll)"
    ).watched,
    // The privileged role has to mark the target's chunk without logging anything.
    Self(
      name: "became_partial_while_staged", schema: metrics, data: compressed,
      sourceBeforeCopying: "\(lateRows)\n\n\(refreshWatch)"
    ).watched,
    .init(
      name: "dropped_on_source", isForEveryEdition: true, schema: metrics, data: compressed,
      sourceBeforeCopying: "SELECT drop_chunks('m', older_than => '2024-01-03Z'::timestamptz)",
      expected: .otherwise, remark: "the chunk is gone from the source"),
    .init(
      name: "dropped_on_target", schema: metrics, data: compressed,
      targetBeforeCopying: "SELECT drop_chunks('m', older_than => '2024-01-10Z'::timestamptz)",
      expected: .asOnSource),
    .init(
      name: "dropped_on_target_plain", isForEveryEdition: true, schema: metrics, data: twoDays,
      targetBeforeCopying: "SELECT drop_chunks('m', older_than => '2024-01-10Z'::timestamptz)"),
    Self(
      name: "other_rows_on_target", schema: metrics, data: compressed, targetBeforeStaging: otherRows
    ).watched,
    Self(
      name: "other_compressed_rows_on_target", schema: metrics, data: partial,
      targetBeforeStaging: "\(otherRows)\n\n\(compressAll)"
    ).watched,
    .init(
      name: "other_rows_by_key_on_target", schema: withKey, data: partial,
      targetBeforeStaging: "\(otherRows)\n\n\(compressAll)\n\n\(lateRows)"),
    .init(
      name: "other_bounds_on_target", isForEveryEdition: true, targets: [.byHand], schema: metrics,
      data: partial,
      targetBeforeStaging: "SELECT set_chunk_time_interval('m', interval '7 days');\n\n\(otherRows)",
      expected: .otherwise, remark: "through the hypertable"),
  ]

  static let decompressAll = """
    SELECT decompress_chunk(c, true) FROM show_chunks('m', older_than => '2024-01-10Z'::timestamptz) AS c;
    """

  /// Rows in the migrated range that the source doesn't have.
  private static let otherRows = """
    INSERT INTO m SELECT t, d, -7, 'other'
    FROM generate_series('2024-01-02 00:01Z'::timestamptz, '2024-01-03 23:50Z', '30 min') AS t,
      generate_series(2, 5) AS d;
    """
}
