import ChunkCatalog
import ChunkPairs
import Copying
import Postgres
import TaskEngine
import Testing
import TimescaleDB

@Suite("The plan for a whole compressed chunk") struct CompressedPlanTests {
  typealias S = Samples

  private static func source(
    _ status: ChunkStatus = [], _ tuples: ChunkDescription.CompressedRelation = S.tuples(S.sourceTuples)
  ) -> ChunkDescription { S.chunk(S.sourceChunk, status: status, compressed: tuples) }

  private static func target(
    _ status: ChunkStatus = [], hasTrigger: Bool = false,
    _ tuples: ChunkDescription.CompressedRelation = S.tuples(S.targetTuples)
  ) -> ChunkDescription { S.chunk(S.targetChunk, status: status, hasTrigger: hasTrigger, compressed: tuples) }

  private static let withLate = S.columns + [S.column("late", number: 3)]
  private static let withLateDefault = S.columns + [S.column("late", number: 3, missingValue: "{7}")]
  private static let other = S.tuples(S.targetTuples, settings: "{device} {time}")
  private static let bloom = S.column("bloom", "_timescaledb_internal.bloom1", isPortable: false)
  private static let differing = CopyRemark.compressedAnew(.settings)

  static let cases = [
    PlanCase(
      "compressed on both sides by the same settings: tuples as they are",
      S.facts(source: source(), target: target()),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "not compressed on the target yet: emptied, compressed, looked at again", S.facts(source: source()),
      [.skipInvalidation, S.clear, .compress(S.targetChunk), .planAgain]),
    PlanCase(
      "looked at again, with tuples of the same form",
      S.facts(source: source(), target: target(), attempt: .afterPreparing),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "by other settings: compressed anew once", S.facts(source: source(), target: target([], other)),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        .compress(S.targetChunk),
        .planAgain,
      ]),
    PlanCase(
      "by other settings still, after that: rows",
      S.facts(source: source(), target: target([], other), attempt: .afterPreparing),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        S.rows(only: false),
        .compress(S.targetChunk),
      ], remarks: [differing]),
    PlanCase(
      "with other columns in the tuples: rows in the end",
      S.facts(
        source: source([], S.tuples(S.sourceTuples, columns: [S.column("_ts_meta_sequence_num")])),
        target: target(),
        attempt: .afterPreparing),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        S.rows(only: false),
        .compress(S.targetChunk),
      ], remarks: [differing]),
    PlanCase(
      "no compression on the target's hypertable: stays uncompressed",
      S.facts(source: source(), targetCompresses: false),
      [.skipInvalidation, S.clear, S.rows(only: false)],
      remarks: [.storedUncompressed]),
    PlanCase(
      "partial on the source, from 2.23: rows beside the tuples, before them",
      S.facts(source: source(.partial), target: target()),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rows(only: true),
        S.rawTuples(),
      ]),
    PlanCase(
      "partial on the source, to 2.22: through the hypertable, which marks the chunk",
      S.facts(source: source(.partial), target: target(), version: "2.22.1"),
      [
        S.countTuples, .truncate(S.targetTuples), S.clear, S.rows(into: S.hypertable, only: true),
        S.rawTuples(),
      ]),
    PlanCase(
      "partial on both sides, to 2.22: the mark is there",
      S.facts(source: source(.partial), target: target(.partial), version: "2.22.1"),
      [S.countTuples, .truncate(S.targetTuples), S.clear, S.rows(only: true), S.rawTuples()]),
    PlanCase(
      "partial on the source, 2.23 to 2.27, by a role that may turn the extension off: nothing is logged",
      S.facts(source: source(.partial), target: target(), version: "2.26.4", mayBypass: true),
      [
        S.countTuples, .truncate(S.targetTuples), .bypassExtension(true), S.clear, .bypassExtension(false),
        .bypassExtension(true), S.rows(only: true), .bypassExtension(false),
        .markPartial(S.targetChunk, columns: S.columns.map(\.name)), S.rawTuples(),
      ]),
    PlanCase(
      "partial on both sides, by such a role: the mark is there",
      S.facts(source: source(.partial), target: target(.partial), version: "2.26.4", mayBypass: true),
      [
        S.countTuples, .truncate(S.targetTuples), .bypassExtension(true), S.clear, .bypassExtension(false),
        .bypassExtension(true), S.rows(only: true), .bypassExtension(false), S.rawTuples(),
      ]),
    PlanCase(
      "sizes are noted by a role that may",
      S.facts(
        source: source([], S.tuples(S.sourceTuples, sizes: [1, 2])),
        target: target([], S.tuples(S.targetTuples, sizes: [0, 0])), mayRecordSizes: true),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples(),
        .recordSizes([1, 2], chunk: 7),
      ]),
    PlanCase(
      "sizes that are noted already",
      S.facts(
        source: source([], S.tuples(S.sourceTuples, sizes: [1, 2])),
        target: target([], S.tuples(S.targetTuples, sizes: [1, 2])), mayRecordSizes: true),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "sizes that the role may not note",
      S.facts(
        source: source([], S.tuples(S.sourceTuples, sizes: [1, 2])),
        target: target([], S.tuples(S.targetTuples, sizes: [0, 0]))),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "partial on the target only: the mark has to go, so it is compressed anew",
      S.facts(source: source(), target: target(.partial)),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        .compress(S.targetChunk),
        .planAgain,
      ]),
    PlanCase(
      "unordered on the source", S.facts(source: source(.unordered), target: target()),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples(),
        .recompress(S.targetChunk),
      ]),
    PlanCase(
      "unordered on the source, before recompressing puts in order",
      S.facts(source: source(.unordered), target: target(), version: "2.26.3"),
      [
        S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples(), .decompress(S.targetChunk),
        .compress(S.targetChunk),
      ]),
    PlanCase(
      "unordered on both sides", S.facts(source: source(.unordered), target: target(.unordered)),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "unordered on the target only, which does no harm",
      S.facts(source: source(), target: target(.unordered)),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "frozen on both sides", S.facts(source: source(.frozen), target: target(.frozen)),
      [
        .unfreeze(S.targetChunk), .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear,
        S.rawTuples(),
        .freeze(S.targetChunk),
      ]),
    PlanCase(
      "frozen on the source and not compressed yet on the target: frozen only at the end",
      S.facts(source: source(.frozen)), [.skipInvalidation, S.clear, .compress(S.targetChunk), .planAgain]),
    PlanCase(
      "with the invalidation trigger",
      S.facts(source: source(), target: target(hasTrigger: true), version: "2.22.1"),
      [
        .dropInvalidationTrigger(S.targetChunk), S.countTuples, .truncate(S.targetTuples), S.clear,
        S.rawTuples(),
        .restoreInvalidationTrigger(S.targetChunk),
      ]),
    PlanCase(
      "with the invalidation trigger, looked at again: put back before compressing, which may merge the chunk away",
      S.facts(source: source(), target: S.chunk(S.targetChunk, hasTrigger: true), version: "2.22.1"),
      [
        .dropInvalidationTrigger(S.targetChunk), S.clear, .restoreInvalidationTrigger(S.targetChunk),
        .compress(S.targetChunk), .planAgain,
      ]),
    PlanCase(
      "tuples of a type without binary form (bloom filters)",
      S.facts(
        source: source(
          [], S.tuples(S.sourceTuples, columns: [S.column("bloom", "bloom1", isPortable: false)])),
        target: target(
          [], S.tuples(S.targetTuples, columns: [S.column("bloom", "bloom1", isPortable: false)]))),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear,
        S.rawTuples(columns: ["bloom"], format: .text),
      ]),
    PlanCase(
      "bloom filters that would mislead the target: rows",
      S.facts(
        source: source([], S.tuples(S.sourceTuples, columns: [bloom])),
        target: target([], S.tuples(S.targetTuples, columns: [bloom])), version: "2.22.1",
        bloomFiltersAgree: false),
      [
        S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk), S.rows(only: false),
        .compress(S.targetChunk),
      ],
      remarks: [.compressedAnew(.bloomFilters)]),
    PlanCase(
      "no bloom filters, so that it doesn't matter what they are like",
      S.facts(source: source(), target: target(), version: "2.22.1", bloomFiltersAgree: false),
      [S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "a column added with a default since, which the target doesn't know: rows",
      S.facts(
        source: S.chunk(
          S.sourceChunk, columns: withLateDefault,
          compressed: S.tuples(S.sourceTuples)),
        target: S.chunk(
          S.targetChunk, columns: withLate,
          compressed: S.tuples(S.targetTuples)),
        targetColumns: withLate),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        S.rows(only: false, columns: ["time", "value", "late"]), .compress(S.targetChunk),
      ],
      remarks: [.compressedAnew(.missingValues)]),
    PlanCase(
      "a column added with a default on both sides",
      S.facts(
        source: S.chunk(
          S.sourceChunk, columns: withLateDefault,
          compressed: S.tuples(S.sourceTuples)),
        target: S.chunk(
          S.targetChunk, columns: withLateDefault,
          compressed: S.tuples(S.targetTuples)),
        targetColumns: withLate),
      [.skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "the same in 2.19, where a batch of NULLs can't be told from one that is older than the column: rows",
      S.facts(
        source: S.chunk(
          S.sourceChunk, columns: withLateDefault,
          compressed: S.tuples(S.sourceTuples)),
        target: S.chunk(
          S.targetChunk, columns: withLateDefault,
          compressed: S.tuples(S.targetTuples)),
        targetColumns: withLate, version: "2.19.3"),
      [
        S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        S.rows(only: false, columns: ["time", "value", "late"]), .compress(S.targetChunk),
      ],
      remarks: [.compressedAnew(.missingValues)]),
    PlanCase(
      "2.20.0, which can't receive a batch of NULLs",
      S.facts(source: source(), target: target(), version: "2.20.0"),
      [S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples(withoutNullBatches: ["time"])]),
    PlanCase(
      "2.20.1, which can",
      S.facts(source: source(), target: target(), version: "2.20.1"),
      [S.countTuples, .truncate(S.targetTuples), S.clear, S.rawTuples()]),
    PlanCase(
      "batches whose values name types by this database's OIDs: rows",
      S.facts(
        source: S.chunk(
          S.sourceChunk, columns: S.columns + [S.column("mood", number: 3, hasPortableBatches: false)],
          compressed: S.tuples(S.sourceTuples)), target: target(),
        targetColumns: S.columns + [S.column("mood", number: 3)]),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        S.rows(only: false, columns: ["time", "value", "mood"]), .compress(S.targetChunk),
      ], remarks: [.compressedAnew(.columnTypes)]
    ),
    PlanCase(
      "the target's chunk says of itself which values it holds, other ones: compressed anew",
      S.facts(
        source: source(),
        target: S.chunk(S.targetChunk, columnRanges: "time 1 2", compressed: S.tuples(S.targetTuples))),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear, .decompress(S.targetChunk),
        .compress(S.targetChunk),
        .planAgain,
      ]),
  ]

  @Test("is", arguments: cases) func plan(_ row: PlanCase) { row.check() }

  @Test("holds the same tuples whatever the order of their columns") func columnOrder() {
    let one = S.tuples(S.sourceTuples, columns: [S.column("a"), S.column("b")])
    let two = S.tuples(S.targetTuples, columns: [S.column("b"), S.column("a")])
    #expect(one.holdsSameTuples(as: two))
    #expect(!one.holdsSameTuples(as: S.tuples(S.targetTuples, columns: [S.column("a")])))
    // Canonically equivalent, but two columns to a server.
    let (composed, decomposed) = (S.tuples(S.sourceTuples, settings: "\u{e9}"), "e\u{301}")
    #expect(composed.holdsSameTuples(as: S.tuples(S.targetTuples, settings: "\u{e9}")))
    #expect(!composed.holdsSameTuples(as: S.tuples(S.targetTuples, settings: decomposed)))
    #expect(
      !one.holdsSameTuples(as: S.tuples(S.targetTuples, columns: [S.column("a"), S.column("b", "text")])))
    #expect(!one.holdsSameTuples(as: S.tuples(S.targetTuples, columns: [S.column("a"), S.column("c")])))
  }
}
