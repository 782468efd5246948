import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("What schema finds on the target") struct TargetStateTests {
  private static let table = SchemaObject(kind: .table, name: "public.a")
  private static let index = SchemaObject(kind: .index, name: "public.a_pkey")
  private static let wanted: Set = [table, index]
  private static let full = CatalogCounts(hypertables: 1, jobs: 1)

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let present: Set<SchemaObject>
    let counts: CatalogCounts
    let isRestoring: Bool
    let expected: TargetState

    init(
      _ name: String, _ present: Set<SchemaObject>, _ counts: CatalogCounts, restoring: Bool,
      _ expected: TargetState
    ) {
      (testDescription, self.present, self.counts) = (name, present, counts)
      (isRestoring, self.expected) = (restoring, expected)
    }
  }

  private static let other = SchemaObject(kind: .table, name: "public.b")

  static let rows = [
    Row("nothing", [], CatalogCounts(), restoring: false, .empty),
    Row("something else", [other], CatalogCounts(), restoring: false, .empty),
    Row("a restore that brought nothing", [], CatalogCounts(), restoring: true, .empty),
    Row("a restore that lacks its end", wanted.union([other]), full, restoring: true, .restored),
    Row("a restore that lacks an index", [table], full, restoring: true, .occupied([table])),
    Row(
      "a restore that lacks a job", wanted, CatalogCounts(hypertables: 1, jobs: 0), restoring: true,
      .occupied([table])),
    Row("everything", wanted, full, restoring: false, .complete),
    Row("a table", [table], CatalogCounts(), restoring: false, .occupied([table])),
    Row("an index that has such a name", [index], CatalogCounts(), restoring: false, .empty),
    Row("other hypertables", [other], full, restoring: false, .catalogOccupied),
  ]

  @Test("decides what is done", arguments: rows) func state(row: Row) {
    let state = TargetState(
      wanted: Self.wanted, present: row.present, counts: (Self.full, row.counts), isRestoring: row.isRestoring
    )
    #expect(state == row.expected)
  }

  @Test(
    "from definitions, only objects' names matter",
    arguments: [
      Row("nothing", [], full, restoring: false, .empty),
      Row("other objects", [other, index], full, restoring: false, .empty),
      Row("all objects, without an index", [table, other], CatalogCounts(), restoring: false, .complete),
      Row("some", [table], full, restoring: false, .occupied([table])),
    ]) func definitions(row: Row)
  {
    let wanted: Set =
      row.expected == .occupied([Self.table])
      ? [Self.table, SchemaObject(kind: .view, name: "public.v")] : Self.wanted
    #expect(TargetState(wanted: wanted, present: row.present) == row.expected)
  }
}
