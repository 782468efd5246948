import Postgres
import TestConnections
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite("A hypertable and its counterpart") struct HypertablePairTests {
  private static func column(_ name: String, _ type: String = "bigint", number: Int64 = 1) -> Column {
    Column(
      name: Identifier(name), type: type, number: number, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: nil, isCollatable: false, missingValue: nil)
  }

  @Test(
    "differ in their columns by name and type, and nothing else",
    arguments: [
      Case("equal", ([column("a"), column("b", "text")], [column("a"), column("b", "text")]), []),
      Case(
        "other order and numbers",
        ([column("a"), column("b")], [column("b", number: 5), column("a", number: 9)]), []),
      Case("missing", ([column("a"), column("b")], [column("a")]), [.missingColumn(Identifier("b"))]),
      Case("more", ([column("a")], [column("a"), column("b")]), [.extraColumn(Identifier("b"))]),
      Case(
        "other type", ([column("a", "integer")], [column("a", "bigint")]),
        [.columnType(source: column("a", "integer"), target: column("a", "bigint"))]),
      Case(
        "other modifier", ([column("a", "numeric(10,2)")], [column("a", "numeric(10,3)")]),
        [.columnType(source: column("a", "numeric(10,2)"), target: column("a", "numeric(10,3)"))]),
      Case(
        "name in other capitals", ([column("A")], [column("a")]),
        [.missingColumn(Identifier("A")), .extraColumn(Identifier("a"))]),
      Case(
        "name that only looks the same", ([column("caf\u{e9}")], [column("cafe\u{301}")]),
        [.missingColumn(Identifier("caf\u{e9}")), .extraColumn(Identifier("cafe\u{301}"))]),
      Case("nothing on the target", ([column("a")], []), [.missingColumn(Identifier("a"))]),
    ] as [Case<([Column], [Column]), [HypertableDifference.Fact]>])
  func differences(_ row: Case<([Column], [Column]), [HypertableDifference.Fact]>) {
    #expect(RelationColumns.differences(row.input.0, row.input.1) == row.expected)
  }

  @Test("has its slices in the order of the target's dimensions") func slices() {
    let table = Hypertable(
      id: 1, name: QualifiedName("s", "t"), dimensions: [], aggregate: nil, rawHypertableID: nil)
    let time = Dimension.Range(lower: 1, upper: 2)
    let space = Dimension.Range(lower: 3, upper: 4)
    let pair = HypertablePair(source: table, target: table, order: [1, 0], compresses: false)
    #expect(pair.targetSlices([time, space]) == [space, time])
  }

  @Test("is a hypertable for a hypertable, an aggregate for an aggregate") func kinds() {
    let name = QualifiedName("s", "t")
    let table = Hypertable(id: 1, name: name, dimensions: [], aggregate: nil, rawHypertableID: nil)
    let aggregate = Hypertable(
      id: 2, name: QualifiedName("internal", "m"), dimensions: [], aggregate: name, rawHypertableID: 1)
    #expect(table.knownName == aggregate.knownName)
    #expect(!table.isMatch(for: aggregate))
    #expect(table.isMatch(for: table))
    #expect(aggregate.isMatch(for: aggregate))
  }
}
