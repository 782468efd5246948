import ChunkCatalog
import Copying
import Postgres
import Testing
import TimescaleDB

@Suite("The plan for a part of a chunk") struct PartPlanTests {
  typealias S = Samples

  static let until: SQL = #""time" < 150::bigint"#
  static let from: SQL = #""time" >= 150::bigint"#
  static let clearUntil = CopyStep.delete(from: S.targetChunk, only: true, where: until)
  static let clearFrom = CopyStep.delete(from: S.targetChunk, only: true, where: from)

  static let cases = [
    PlanCase("older rows", S.facts(until: 150), [.skipInvalidation, clearUntil, S.rows(where: until)]),
    PlanCase("newer rows", S.facts(from: 150), [.skipInvalidation, clearFrom, S.rows(where: from)]),
    PlanCase(
      "the middle", S.facts(from: 120, until: 150),
      [
        .skipInvalidation,
        .delete(from: S.targetChunk, only: true, where: #""time" >= 120::bigint AND "time" < 150::bigint"#),
        S.rows(where: #""time" >= 120::bigint AND "time" < 150::bigint"#),
      ]),
    PlanCase(
      "compressed on the source: rows all the same",
      S.facts(source: S.chunk(S.sourceChunk, compressed: S.tuples(S.sourceTuples)), until: 150),
      [.skipInvalidation, clearUntil, S.rows(only: false, where: until)]),
    PlanCase(
      "compressed on the target: opened and closed again",
      S.facts(target: S.chunk(S.targetChunk, compressed: S.tuples(S.targetTuples)), until: 150),
      [
        .skipInvalidation, .decompress(S.targetChunk), clearUntil, S.rows(where: until),
        .compress(S.targetChunk),
      ]),
    PlanCase(
      "frozen on the target: stays so", S.facts(target: S.chunk(S.targetChunk, status: .frozen), until: 150),
      [
        .skipInvalidation, .unfreeze(S.targetChunk), clearUntil, S.rows(where: until), .freeze(S.targetChunk),
      ]),
    PlanCase(
      "to 2.22, at the completion point: live rows' invalidations must be logged",
      S.facts(target: S.chunk(S.targetChunk, hasTrigger: true), until: 150, version: "2.22.1"),
      [clearUntil, S.rows(where: until)]),
    PlanCase(
      "to 2.22, at the completion point, by a role that may turn triggers off",
      S.facts(
        target: S.chunk(S.targetChunk, hasTrigger: true), until: 150, version: "2.22.1",
        mayDisableTriggers: true),
      [.disableTriggers(true), clearUntil, S.rows(where: until), .disableTriggers(false)]),
    PlanCase(
      "to 2.22, at the completion point, where others would be turned off with it",
      S.facts(
        target: S.chunk(S.targetChunk, hasTrigger: true, hasOtherTriggers: true), until: 150,
        version: "2.22.1", mayDisableTriggers: true),
      [clearUntil, S.rows(where: until)]),
    PlanCase(
      "triggers stay on where none of them logs",
      S.facts(until: 150, mayDisableTriggers: true),
      [.skipInvalidation, clearUntil, S.rows(where: until)]),
    PlanCase(
      "2.23 to 2.27, by a role that may turn the extension off",
      S.facts(
        target: S.chunk(S.targetChunk, compressed: S.tuples(S.targetTuples)), until: 150, version: "2.23.1",
        mayBypass: true),
      [
        .decompress(S.targetChunk), .bypassExtension(true), clearUntil, S.rows(where: until),
        .bypassExtension(false), .compress(S.targetChunk),
      ]),
    PlanCase(
      "to 2.22, at the beginning: no live rows arrive there",
      S.facts(target: S.chunk(S.targetChunk, hasTrigger: true), from: 150, version: "2.22.1"),
      [
        .dropInvalidationTrigger(S.targetChunk), clearFrom, S.rows(where: from),
        .restoreInvalidationTrigger(S.targetChunk),
      ]),
    PlanCase(
      "never truncates or drops indexes, however large",
      S.facts(until: 150, version: "2.22.1", rebuildable: [UncompressedPlanTests.index], isLarge: true),
      [clearUntil, S.rows(where: until)]),
    PlanCase(
      "one of several side by side: nothing that locks the others out",
      S.facts(
        target: S.chunk(
          S.targetChunk, status: .frozen, hasTrigger: true, compressed: S.tuples(S.targetTuples)),
        from: 150, version: "2.22.1", isPart: true),
      [clearFrom, S.rows(where: from)]),
    PlanCase(
      "one of several, past the extension's log where the role may",
      S.facts(from: 150, version: "2.26.4", mayBypass: true, isPart: true),
      [.bypassExtension(true), clearFrom, S.rows(where: from), .bypassExtension(false)]),
  ]

  @Test("is", arguments: cases) func plan(_ row: PlanCase) { row.check() }

  static let box: SQL =
    #""time" >= 100::bigint AND "time" < 200::bigint"#
  static let remark = CopyRemark.throughHypertable
}

@Suite("The plan without a chunk of the same slices on the target") struct HypertablePlanTests {
  typealias S = Samples

  static let both = [S.time, S.space]
  static let slices = [S.slice, Dimension.Range(lower: 5, upper: 9)]
  static let hash = #""functions"."hash"("device")"#

  static let cases = [
    PlanCase(
      "replaces the chunk's range through the hypertable", S.facts(target: nil),
      [
        .skipInvalidation, .trackColumnRanges,
        .delete(from: S.hypertable, only: false, where: PartPlanTests.box),
        S.rows(into: S.hypertable),
      ], remarks: [PartPlanTests.remark]),
    PlanCase(
      "replaces the task's part of it", S.facts(target: nil, until: 150),
      [
        .skipInvalidation, .trackColumnRanges,
        .delete(from: S.hypertable, only: false, where: #""time" >= 100::bigint AND "time" < 150::bigint"#),
        S.rows(into: S.hypertable, where: #""time" < 150::bigint"#),
      ], remarks: [PartPlanTests.remark]),
    PlanCase(
      "replaces the chunk's box in all dimensions",
      S.facts(source: S.chunk(S.sourceChunk, dimensions: both, slices: slices), target: nil),
      [
        .skipInvalidation, .trackColumnRanges,
        .delete(
          from: S.hypertable, only: false,
          where: PartPlanTests.box + SQL(fromServer: " AND \(hash) >= 5 AND \(hash) < 9")),
        S.rows(into: S.hypertable),
      ], remarks: [PartPlanTests.remark]),
    PlanCase(
      "before 2.16 chunks have no column ranges", S.facts(target: nil, version: "2.15.3"),
      [.delete(from: S.hypertable, only: false, where: PartPlanTests.box), S.rows(into: S.hypertable)],
      remarks: [PartPlanTests.remark]),
    PlanCase(
      "takes rows of a compressed chunk too",
      S.facts(source: S.chunk(S.sourceChunk, compressed: S.tuples(S.sourceTuples)), target: nil),
      [
        .skipInvalidation, .trackColumnRanges,
        .delete(from: S.hypertable, only: false, where: PartPlanTests.box),
        S.rows(into: S.hypertable, only: false),
      ], remarks: [PartPlanTests.remark]),
  ]

  @Test("is", arguments: cases) func plan(_ row: PlanCase) { row.check() }
}
