extension ManualPage {
  static let compression = ManualPage(
    topic: "compression", title: "How compressed chunks are copied",
    text: #"""
      Compressed batches are copied as they are, and arrive frozen. stage creates the
      compressed table with the settings of the source's chunk. It does so also if the
      target's chunk was compressed with other settings, provided that it is small (1
      MB). To have a larger chunk follow the source's settings, empty or drop it
      before you run stage.

      Chunks that are compressed anew:

      Where batches would mean something else on the target, the rows are copied
      instead, and compressed with the target hypertable's settings. This is the case
      if

      - the settings cannot be made equal;
      - a column with a default was added after the chunk was compressed;
      - a column has a type that cannot travel in batches, such as regclass, or the
        target refuses a value in binary form;
      - text columns by which batches are sorted or excluded have another sort order
        on the target: another collation provider, locale or version, or an enum with
        its labels in another order;
      - bloom filters were made for another encoding, or by a build of TimescaleDB
        that hashes differently (2.20 to 2.23;
        https://github.com/timescale/timescaledb/issues/8761);
      - the target has a constraint, NOT NULL or a unique index that the source does
        not have, because batches are not checked against it.

      The page queue shows where each copied chunk's remarks are.

      Size:

      One worker copies a compressed chunk in one transaction, however large it is.
      For the statistics of compressed chunks see privileges.
      """#)
}
