import ChunkCatalog
import ChunkPairs
import Copying
import Postgres
import Testing
import TimescaleDB

@Suite("The plan's columns") struct ColumnPlanTests {
  typealias S = Samples

  static let computed = S.columns + [S.column("sum", number: 3, isGenerated: true)]
  static let moods = S.columns + [S.column("moods", "public.mood[]", number: 3, isPortable: false)]
  /// As after ALTER TABLE ... DROP COLUMN before the chunk was made.
  static let moved = S.chunk(
    S.targetChunk, columns: [S.column("time", number: 1), S.column("value", "double precision", number: 2)],
    hypertableNumbers: ["time": 2, "value": 3])

  static let cases = [
    PlanCase(
      "leave out what the target computes",
      S.facts(source: S.chunk(S.sourceChunk, columns: computed), targetColumns: computed),
      [.skipInvalidation, S.clear, S.rows()]),
    PlanCase(
      "stored on the target though computed on the source",
      S.facts(
        source: S.chunk(S.sourceChunk, columns: computed),
        targetColumns: S.columns + [S.column("sum", number: 3)]),
      [.skipInvalidation, S.clear, S.rows(columns: ["time", "value", "sum"])]),
    PlanCase(
      "come in the target's order, by name",
      S.facts(targetColumns: S.columns.reversed()),
      [.skipInvalidation, S.clear, S.rows(columns: ["value", "time"])]),
    PlanCase(
      "go as text where a type's binary form names OIDs",
      S.facts(source: S.chunk(S.sourceChunk, columns: moods), targetColumns: moods),
      [.skipInvalidation, S.clear, S.rows(columns: ["time", "value", "moods"], format: .text)],
      remarks: [.asText(.columns([Identifier("moods")]))]),
    PlanCase(
      "go through the hypertable from 2.23 where the chunk numbers a dimension's column otherwise",
      S.facts(target: moved),
      [.skipInvalidation, S.clear, S.rows(into: S.hypertable)]),
    PlanCase(
      "go into such a chunk to 2.22", S.facts(target: moved, version: "2.22.1"), [S.clear, S.rows()]),
    PlanCase(
      "go into such a chunk with the extension turned off",
      S.facts(target: moved, version: "2.26.4", mayBypass: true),
      [.bypassExtension(true), S.clear, S.rows(), .bypassExtension(false)]),
    PlanCase(
      "may be numbered otherwise where they aren't dimensions",
      S.facts(target: S.chunk(S.targetChunk, hypertableNumbers: ["time": 1, "value": 7])),
      [.skipInvalidation, S.clear, S.rows()]),
  ]

  @Test("are", arguments: cases) func plan(_ row: PlanCase) { row.check() }
}

@Suite("A plan is refused") struct PlanRefusalTests {
  typealias S = Samples

  struct Row: Sendable, CustomStringConvertible {
    let description: String
    let facts: CopyPlan.Facts
    let problem: ChunkProblem
  }

  static let numeric = Dimension(
    column: Identifier("time"), type: "numeric", isOpen: true, partitioningFunction: nil)

  private static let value = S.columns[1]
  private static let real = S.column("value", "real", number: 2)

  static let rows = [
    Row(
      description: "a column that the target lacks", facts: S.facts(targetColumns: [S.column("time")]),
      problem: .columns(.onlyOnSource(value), target: S.hypertable)),
    Row(
      description: "a column that the source lacks",
      facts: S.facts(targetColumns: S.columns + [S.column("new")]),
      problem: .columns(.onlyOnTarget(S.column("new")), target: S.hypertable)),
    Row(
      description: "a column of another type",
      facts: S.facts(targetColumns: [S.column("time"), real]),
      problem: .columns(.types(source: value, target: real), target: S.hypertable)),
    Row(
      description: "such a column in a part of a chunk",
      facts: S.facts(targetColumns: [S.column("time"), real], until: 150),
      problem: .columns(.types(source: value, target: real), target: S.hypertable)),
    Row(
      description: "hypercore on the source",
      facts: S.facts(source: S.chunk(S.sourceChunk, accessMethod: "hypercore")),
      problem: .hypercore(.source)),
    Row(
      description: "hypercore on the target",
      facts: S.facts(target: S.chunk(S.targetChunk, accessMethod: "hypercore")),
      problem: .hypercore(.target)),
    Row(
      description: "a part by a type that can't be compared",
      facts: S.facts(source: S.chunk(S.sourceChunk, dimensions: [numeric]), until: 150),
      problem: .inexpressibleRange(numeric)),
    Row(
      description: "a whole chunk of such a type without its like on the target",
      facts: S.facts(source: S.chunk(S.sourceChunk, dimensions: [numeric]), target: nil),
      problem: .inexpressibleRange(numeric)),
  ]

  @Test("for", arguments: rows) func refusal(_ row: Row) {
    do {
      let plan = try CopyPlan(row.facts)
      Issue.record("planned: \(plan.steps)")
    } catch {
      #expect(error == row.problem)
    }
  }

  @Test("not for a whole chunk of a type that can't be compared, into its like") func wholeChunk() {
    let source = S.chunk(S.sourceChunk, dimensions: [Self.numeric])
    let plan = try? CopyPlan(
      S.facts(source: source, target: S.chunk(S.targetChunk, dimensions: [Self.numeric])))
    #expect(plan?.steps == [.skipInvalidation, S.clear, S.rows()])
  }
}
