import Loading
import Postgres
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("Batches are sorted by the time of their records") struct SortedColumnTests {
  private struct Case {
    var columns = ["note", "time", "value"]
    var time: String? = "time"
    var triggers: [Identifier] = []
    var hasInsertTriggers = false
    var window: SQL?
    var conflicts = LoadOptions.ConflictPolicy.error
    var copyFiltersFirst = true

    /// `number` and `time` have defaults of their own.
    var plan: LoadPlan {
      let table = LoadTable(
        name: QualifiedName("public", "t"), relation: 7,
        columns: ["time", "value", "note", "number", "double"].map {
          .init(
            name: Identifier($0), isGenerated: $0 == "double", hasDefault: ["number", "time"].contains($0))
        },
        time: time.map {
          Dimension(
            column: Identifier($0), type: "timestamp with time zone", isOpen: true, partitioningFunction: nil)
        },
        isHypertable: time != nil, triggers: triggers, hasInsertTriggers: hasInsertTriggers, hasRules: false)
      return LoadPlan(
        table: table, columns: columns.map(Identifier.init), format: RecordFormat(), window: window,
        conflicts: conflicts, key: [], copyFiltersFirst: copyFiltersFirst)
    }
  }

  @Test("wherever that stands in them")
  func place() {
    #expect(Case(columns: ["note", "number", "time"]).plan.sortedColumn == 2)
    #expect(Case(columns: ["time", "number"]).plan.sortedColumn == 0)
    #expect(Case(columns: ["number", "time"], window: "time > 'x'").plan.sortedColumn == 1)
  }

  @Test("but not where their order can be seen afterwards")
  func seen() {
    let all = ["note", "number", "time"]
    // Defaults may count.
    #expect(Case().plan.sortedColumn == nil)
    #expect(Case(columns: ["number", "note"]).plan.sortedColumn == nil)
    #expect(Case(columns: all, hasInsertTriggers: true).plan.sortedColumn == nil)
    #expect(Case(columns: all, triggers: [Identifier("x")]).plan.sortedColumn == nil)
    // The stage numbers its records.
    #expect(Case(columns: all, conflicts: .skip).plan.sortedColumn == nil)
    #expect(Case(columns: all, conflicts: .update).plan.sortedColumn == nil)
    #expect(Case(columns: all, window: "x", copyFiltersFirst: false).plan.sortedColumn == nil)
    // Nothing is cut by time.
    #expect(Case(columns: all, time: nil).plan.sortedColumn == nil)
  }
}
