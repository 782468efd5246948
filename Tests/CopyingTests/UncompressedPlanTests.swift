import Copying
import Postgres
import TaskEngine
import Testing
import TimescaleDB

@Suite("The plan for a whole uncompressed chunk") struct UncompressedPlanTests {
  typealias S = Samples

  static let index = SecondaryIndex(
    name: QualifiedName("internal", "i"), definition: "CREATE INDEX i ON internal.target_chunk (value)",
    tablespace: "")

  static let cases = [
    PlanCase(
      "clear and fill, from 2.28 without invalidations", S.facts(), [.skipInvalidation, S.clear, S.rows()]),
    PlanCase("2.23 to 2.27 can't help invalidations", S.facts(version: "2.26.4"), [S.clear, S.rows()]),
    PlanCase(
      "2.23 to 2.27 with the privilege to turn the extension off",
      S.facts(version: "2.26.4", mayBypass: true),
      [.bypassExtension(true), S.clear, S.rows(), .bypassExtension(false)]),
    PlanCase(
      "the privilege isn't used where there are other means", S.facts(mayBypass: true),
      [.skipInvalidation, S.clear, S.rows()]),
    PlanCase("to 2.22 without continuous aggregates", S.facts(version: "2.22.1"), [S.clear, S.rows()]),
    PlanCase(
      "to 2.22 with the invalidation trigger",
      S.facts(target: S.chunk(S.targetChunk, hasTrigger: true), version: "2.22.1"),
      [
        .dropInvalidationTrigger(S.targetChunk), S.clear, S.rows(),
        .restoreInvalidationTrigger(S.targetChunk),
      ]),
    PlanCase(
      "compressed on the target since",
      S.facts(target: S.chunk(S.targetChunk, compressed: S.tuples(S.targetTuples))),
      [
        .skipInvalidation, S.countTuples, .truncate(S.targetTuples), .decompress(S.targetChunk), S.clear,
        S.rows(),
      ]),
    PlanCase(
      "frozen on both sides",
      S.facts(
        source: S.chunk(S.sourceChunk, status: .frozen), target: S.chunk(S.targetChunk, status: .frozen)),
      [.unfreeze(S.targetChunk), .skipInvalidation, S.clear, S.rows(), .freeze(S.targetChunk)]),
    PlanCase(
      "frozen on the source only", S.facts(source: S.chunk(S.sourceChunk, status: .frozen)),
      [.skipInvalidation, S.clear, S.rows(), .freeze(S.targetChunk)]),
    PlanCase(
      "frozen on the target only", S.facts(target: S.chunk(S.targetChunk, status: .frozen)),
      [.unfreeze(S.targetChunk), .skipInvalidation, S.clear, S.rows()]),
    PlanCase(
      "the chunk's own bounds given as a range", S.facts(from: 100, until: 200),
      [
        .skipInvalidation, S.clear,
        S.rows(where: #""time" >= 100::bigint AND "time" < 200::bigint"#),
      ]),
    PlanCase(
      "a range beyond the chunk", S.facts(from: 0, until: 1000),
      [
        .skipInvalidation, S.clear,
        S.rows(where: #""time" >= 0::bigint AND "time" < 1000::bigint"#),
      ]),
    PlanCase(
      "large, to 2.22: truncated and written frozen", S.facts(version: "2.22.1", isLarge: true),
      [S.countRows, .truncate(S.targetChunk), S.rows(freezes: true)]),
    PlanCase(
      "large, to 2.22, with the trigger: not truncated, as that would be logged",
      S.facts(target: S.chunk(S.targetChunk, hasTrigger: true), version: "2.22.1", isLarge: true),
      [
        .dropInvalidationTrigger(S.targetChunk), S.clear, S.rows(),
        .restoreInvalidationTrigger(S.targetChunk),
      ]),
    PlanCase(
      "large, to 2.22, referred to by a foreign key: not truncated",
      S.facts(target: S.chunk(S.targetChunk, isReferenced: true), version: "2.22.1", isLarge: true),
      [S.clear, S.rows()]),
    PlanCase(
      "large, from 2.23: FREEZE would be ignored", S.facts(isLarge: true),
      [.skipInvalidation, S.clear, S.rows()]),
    PlanCase(
      "indexes are rebuilt afterwards", S.facts(rebuildable: [index]),
      [
        .skipInvalidation, .dropIndex(index), S.clear, S.rows(), .raiseMaintenanceMemory,
        .rebuildIndex(index),
      ]),
  ]

  @Test("is", arguments: cases) func plan(_ row: PlanCase) { row.check() }
}
