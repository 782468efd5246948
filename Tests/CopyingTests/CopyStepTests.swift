import Copying
import Postgres
import TestConnections
import Testing
import TimescaleDB

@Suite("A plan's steps as SQL") struct CopyStepTests {
  typealias S = Samples

  static let odd = QualifiedName("odd \"schema", "it's")

  @Test(
    "name their objects as identifiers, and as literals for regclass",
    arguments: [
      Case("truncate", .truncate(odd), #"TRUNCATE "odd ""schema"."it's""#),
      Case(
        "count before truncating", .countCleared(odd, inBatches: false),
        #"SELECT count(*) AS "rows to be cleared" FROM ONLY "odd ""schema"."it's""#),
      Case(
        "count in batches before truncating", .countCleared(odd, inBatches: true),
        #"SELECT coalesce(sum(_ts_meta_count), 0) AS "rows to be cleared" FROM ONLY "odd ""schema"."it's""#),
      Case(
        "delete all", .delete(from: odd, only: true, where: nil), #"DELETE FROM ONLY "odd ""schema"."it's""#),
      Case(
        "delete a range", .delete(from: odd, only: false, where: "a < 1"),
        #"DELETE FROM "odd ""schema"."it's" WHERE a < 1"#),
      Case(
        "compress", .compress(odd), #"SELECT "Time scale".compress_chunk('"odd ""schema"."it''s"'::regclass)"#
      ),
      Case(
        "decompress", .decompress(odd),
        #"SELECT "Time scale".decompress_chunk('"odd ""schema"."it''s"'::regclass)"#),
      Case(
        "recompress", .recompress(odd),
        #"SELECT "Time scale".compress_chunk('"odd ""schema"."it''s"'::regclass, recompress => true)"#),
      Case(
        "unfreeze", .unfreeze(odd),
        #"SELECT _timescaledb_functions.unfreeze_chunk('"odd ""schema"."it''s"'::regclass)"#),
      Case(
        "freeze", .freeze(odd),
        #"SELECT _timescaledb_functions.freeze_chunk('"odd ""schema"."it''s"'::regclass)"#),
      Case("skip", .skipInvalidation, "SET LOCAL timescaledb.skip_cagg_invalidation = on"),
      Case(
        "trigger", .dropInvalidationTrigger(odd),
        #"DROP TRIGGER ts_cagg_invalidation_trigger ON "odd ""schema"."it's""#),
      Case(
        "sizes", .recordSizes([1, 2, 3, 4, 5, 6, 7, 8, 9], chunk: 12),
        "UPDATE _timescaledb_catalog.compression_chunk_size SET uncompressed_heap_size = 1, "
          + "uncompressed_toast_size = 2, uncompressed_index_size = 3, compressed_heap_size = 4, "
          + "compressed_toast_size = 5, compressed_index_size = 6, numrows_pre_compression = 7, "
          + "numrows_post_compression = 8, numrows_frozen_immediately = 9 WHERE chunk_id = 12"),
      Case("extension off", .bypassExtension(true), "SET LOCAL timescaledb.restoring = on"),
      Case("extension on again", .bypassExtension(false), "SET LOCAL timescaledb.restoring = off"),
      Case("triggers", .disableTriggers(true), "SET LOCAL session_replication_role = replica"),
      Case("triggers on again", .disableTriggers(false), "SET LOCAL session_replication_role = origin"),
      Case("stream", S.rows(), nil), Case("plan again", .planAgain, nil),
      Case("trigger back", .restoreInvalidationTrigger(odd), nil),
    ] as [Case<CopyStep, String?>])
  func sql(_ row: Case<CopyStep, String?>) {
    #expect(row.input.sql(extensionSchema: Identifier("Time scale"))?.text == row.expected)
  }

  @Test("read a stream's rows by name, and write them by name") func stream() {
    let stream = CopyStream(
      from: QualifiedName("s", "from"), only: true, predicate: "a < 1",
      columns: [Identifier("a"), Identifier("B c")],
      into: QualifiedName("s", "into"), format: .binary)
    #expect(
      stream.source.sql.text == #"""
        COPY (SELECT "a", "B c" FROM ONLY "s"."from" WHERE a < 1) TO STDOUT (FORMAT binary);
        SELECT NULL::bigint AS rows_in_batches;

        """#)
    #expect(stream.sink.sql.text == #"COPY "s"."into" ("a", "B c") FROM STDIN (FORMAT binary)"#)
  }

  @Test("write rows as frozen where they may be") func frozen() {
    let stream = CopyStream(
      from: QualifiedName("s", "from"), only: true, predicate: nil, columns: [Identifier("a")],
      into: QualifiedName("s", "into"), format: .text, freezes: true)
    #expect(stream.sink.sql.text == #"COPY "s"."into" ("a") FROM STDIN (FORMAT text, FREEZE)"#)
  }

  @Test("count the rows in batches") func batches() {
    let stream = CopyStream(
      from: QualifiedName("s", "from"), only: false, predicate: nil, columns: [Identifier("_ts_meta_count")],
      into: QualifiedName("s", "into"), format: .binary, isCompressed: true)
    #expect(
      stream.source.sql.text == #"""
        COPY (SELECT "_ts_meta_count" FROM "s"."from") TO STDOUT (FORMAT binary);
        SELECT sum(_ts_meta_count) AS rows_in_batches FROM "s"."from";

        """#)
  }

  @Test("read a batch of nothing but NULL as NULL where it has to be") func nullBatches() {
    let stream = CopyStream(
      from: QualifiedName("s", "from"), only: true, predicate: nil,
      columns: [Identifier("_ts_meta_count"), Identifier("B c")], into: QualifiedName("s", "into"),
      format: .binary,
      isCompressed: true, withoutNullBatches: [Identifier("B c")])
    let source = stream.source.sql.text
    #expect(source.hasPrefix(#"COPY (SELECT "_ts_meta_count", CASE WHEN pg_column_size("B c") > 64"#))
    #expect(
      source.contains(
        #"OR get_byte(_timescaledb_functions.compressed_data_send("B c"), 0) <> 6 THEN "B c" END FROM ONLY"#))
  }
}
