import Postgres
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("The order of ordinary tables") struct RowPlanTests {
  private func table(_ name: String, key: Bool = true) -> OrdinaryTable {
    OrdinaryTable(
      name: QualifiedName("public", name), columns: [Identifier("id"), Identifier("x")],
      key: key ? [Identifier("id")] : [])
  }

  private func reference(_ from: String, _ to: String, deferrable: Bool = false) -> TableReference {
    TableReference(
      constraint: Identifier("\(from)_\(to)"), table: QualifiedName("public", from),
      referenced: QualifiedName("public", to), isDeferrable: deferrable)
  }

  private func order(_ plan: RowPlan) -> [String] {
    plan.tables.map { "\($0.table.name.name.name) \($0.manner)" }
  }

  @Test("has what is referred to first") func chain() {
    let plan = RowPlan(
      [table("a"), table("b"), table("c")],
      references: [reference("a", "b"), reference("b", "c"), reference("a", "a")])
    #expect(order(plan) == ["c refilled", "b refilled", "a refilled"])
    #expect(plan.deferred.isEmpty && plan.withoutKey.isEmpty)
  }

  @Test("doesn't matter in a circle, whose keys are checked at the end") func circle() {
    let circle = [reference("a", "b"), reference("b", "a", deferrable: true)]
    let plan = RowPlan(
      [table("a"), table("b"), table("c"), table("d")],
      references: circle + [reference("a", "c"), reference("d", "a")])
    #expect(order(plan).first == "c refilled")
    #expect(
      Set(plan.deferred).isSuperset(of: circle) && plan.deferred.allSatisfy { $0.table != $0.referenced })
    #expect(
      circle.map(\.deferring.text) == [
        #"ALTER TABLE "public"."a" ALTER CONSTRAINT "a_b" DEFERRABLE;SET CONSTRAINTS "public"."a_b" DEFERRED;"#,
        #"SET CONSTRAINTS "public"."b_a" DEFERRED;"#,
      ])
    #expect(
      circle.map(\.checking.text) == [
        #"SET CONSTRAINTS "public"."a_b" IMMEDIATE;ALTER TABLE "public"."a" ALTER CONSTRAINT "a_b" NOT DEFERRABLE;"#,
        #"SET CONSTRAINTS "public"."b_a" IMMEDIATE;"#,
      ])
  }

  /// A hypertable's rows would go with those of the table that it refers to.
  @Test("changes row by row what others refer to, and what that refers to") func merged() {
    let plan = RowPlan(
      [table("a"), table("b", key: false), table("c"), table("d")],
      references: [reference("hypertable", "a"), reference("a", "b"), reference("c", "a")])
    #expect(order(plan) == ["b merged", "d refilled", "a merged", "c refilled"])
    #expect(plan.withoutKey == [QualifiedName("public", "b")])
  }
}

@Suite("An archive's list") struct ArchiveListTests {
  @Test("loses comments on extensions and the extension's schema, and nothing else") func reduced() {
    let list = """
      ; Archive created at 2026-01-01
      ;     TOC Entries: 6
      12; 2615 16389 SCHEMA - ts postgres
      13; 2615 16390 SCHEMA - ts two postgres
      3; 3079 16388 EXTENSION - timescaledb 
      4512; 0 0 COMMENT - EXTENSION timescaledb 
      4513; 0 0 COMMENT public TABLE COMMENT - EXTENSION app
      """
    #expect(
      ArchiveList.reduced(list, withoutSchema: Identifier("ts two")).split(separator: "\n").map(String.init)
        == [
          "; Archive created at 2026-01-01", ";     TOC Entries: 6", "12; 2615 16389 SCHEMA - ts postgres",
          "3; 3079 16388 EXTENSION - timescaledb ", "4513; 0 0 COMMENT public TABLE COMMENT - EXTENSION app",
        ])
    #expect(ArchiveList.reduced(list, withoutSchema: nil).contains("SCHEMA - ts two postgres"))
  }
}

@Suite("Client programs") struct ClientProgramTests {
  private func programs(_ majors: [ClientProgram: Int]) -> ClientPrograms {
    let found = majors.map { program, major in
      (
        program,
        FoundProgram(program: program, path: "/x/\(program.name)", major: major, version: "\(major).1")
      )
    }
    return ClientPrograms(found: Dictionary(uniqueKeysWithValues: found), environment: [:])
  }

  private func alike(_ major: Int) -> ClientPrograms {
    programs(Dictionary(uniqueKeysWithValues: ClientProgram.allCases.map { ($0, major) }))
  }

  @Test("are neither older than the source nor too new for the target") func versions() {
    #expect(alike(16).obstacle(source: 15, target: 16, elsewhere: []) == nil)
    #expect(alike(18).obstacle(source: 15, target: 17, elsewhere: []) == nil)
    guard case .tooOld(let old, 17, ["/y"]) = alike(16).obstacle(source: 17, target: 18, elsewhere: ["/y"])
    else { return #expect(Bool(false)) }
    #expect(old.major == 16)
    guard case .tooNew(let new, 16, []) = alike(17).obstacle(source: 15, target: 16, elsewhere: []) else {
      return #expect(Bool(false))
    }
    #expect(new.program == .pgRestore)
    let mixed = programs([.pgDump: 17, .pgDumpAll: 17, .pgRestore: 16])
    guard case .olderThanDump(let restore, let dump) = mixed.obstacle(source: 15, target: 16, elsewhere: [])
    else { return #expect(Bool(false)) }
    #expect(restore.major == 16 && dump.major == 17)
  }
}
