import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands

/// What follows from facts, without a database.
@Suite("A checklist") struct ChecklistTests {
  private struct Item: ChecklistItem {
    let findings: [CheckedFinding]

    init(_ levels: CheckedFinding.Level...) {
      findings = levels.map { .init($0, .databases(.targetIsStandby)) }
    }
  }

  private func refusal(_ items: [any ChecklistItem]) -> Int? {
    do throws(CommandFailure) {
      try Checklist(items).refuse()
      return nil
    } catch {
      return switch error {
      case .failed: 1
      case .refused(let findings): findings.count
      case .usage, .stopped: 0
      }
    }
  }

  @Test("refuses for each stop, and for nothing else") func refusals() {
    #expect(refusal([]) == nil)
    #expect(refusal([Item(.warning, .note), Item(.note)]) == nil)
    #expect(refusal([Item(.warning, .stop)]) == 1)
    #expect(refusal([Item(.stop), Item(.warning), Item(.stop, .stop)]) == 3)
  }

  private func limits(_ counts: ConnectionLimits.Count...) -> ConnectionLimits { ConnectionLimits(counts) }

  @Test("counts sessions by the limit that leaves the least") func sessions() {
    let wide = limits(.init(.server, maximum: 100, used: 10))
    func levels(_ source: ConnectionLimits, _ target: ConnectionLimits, _ workers: Int64) -> [String] {
      ConnectionSlots(source: source, target: target, workers: workers).findings.map {
        "\($0.level) \($0.finding.side?.rawValue ?? "") \($0.finding.object ?? "server")"
      }
    }
    #expect(levels(wide, wide, 89) == [])
    // One more on the target.
    #expect(levels(wide, wide, 90) == ["warning target server"])
    #expect(levels(wide, wide, 91) == ["warning source server", "warning target server"])
    let narrow = limits(
      .init(.server, maximum: 100, used: 10), .init(.role(Identifier("app")), maximum: 12, used: 9))
    #expect(levels(narrow, narrow, 2) == [])
    #expect(levels(narrow, wide, 4) == ["warning source \"app\""])
    let full = limits(
      .init(.server, maximum: 100, used: 10), .init(.role(Identifier("app")), maximum: 9, used: 9))
    #expect(levels(full, full, 1) == ["stop source \"app\"", "stop target \"app\""])
    let one = limits(.init(.database(Identifier("d")), maximum: 9, used: 8))
    #expect(levels(one, one, 1) == ["stop target \"d\""])
  }

  @Test("knows clocks to differ only where they must") func clocks() {
    func clock(_ seconds: Double, _ uncertainty: Double) -> ServerClock {
      ServerClock(offset: .seconds(seconds), uncertainty: .seconds(uncertainty))
    }
    #expect(clock(10, 0).difference(from: clock(10, 0)) == nil)
    #expect(clock(10, 0.5).difference(from: clock(11, 0.5)) == nil)
    #expect(clock(10, 0.25).difference(from: clock(15, 0.75)) == .seconds(4))
    #expect(clock(15, 0.25).difference(from: clock(10, 0.75)) == .seconds(4))
  }

  private static let check = TableRule(.check, Identifier("a"), "CHECK (true)")
  private static let column = Column(
    name: Identifier("c"), type: "text", number: 1, isGenerated: false, hasPortableBinaryForm: true,
    hasPortableBatches: true, builtinType: nil, isCollatable: true, missingValue: nil)

  private func told(_ theirs: [TableRule], _ ours: [TableRule]) -> [String] {
    TableRules.facts(theirs, ours, [(Self.column, Self.column)]).map { level, fact in
      let name =
        switch fact {
        case .missing(let rule): "missing \(rule.name)"
        case .onlyOnTarget(let rule): "only \(rule.name)"
        case .differs(let kind, _, _, _, _): "differs \(kind)"
        default: "else"
        }
      return "\(level) \(name)"
    }
  }

  @Test("takes rules of another name for the same, and other rules of one name not") func rules() {
    let renamed = TableRule(.check, Identifier("b"), "CHECK (true)")
    let other = TableRule(.check, Identifier("a"), "CHECK (false)")
    #expect(told([Self.check], [renamed]) == [])
    #expect(told([Self.check], [other]) == ["warning missing \"a\"", "warning only \"a\""])
    #expect(told([Self.check, renamed], [Self.check]) == [])
    let index = TableRule(.index, Identifier("i"), "USING btree (c)")
    #expect(told([index], []) == ["note missing \"i\""])
    #expect(told([], [index]) == [])
    let key = TableRule(.foreignKey, Identifier("f"), "FOREIGN KEY (c) REFERENCES t")
    #expect(told([key], []) == ["warning missing \"f\""])
    #expect(told([], [key]) == [])
    let notNull = TableRule(.notNull, Identifier("c"), "")
    #expect(told([notNull], []) == ["warning missing \"c\""])
    let sorted = TableRule(.collation, Identifier("c"), "pg_catalog.\"C\"")
    let otherwise = TableRule(.collation, Identifier("c"), "pg_catalog.\"default\"")
    #expect(told([sorted], [otherwise]) == ["warning differs collation"])
    #expect(told([sorted], [sorted]) == [])
    let generated = TableRule(.generated, Identifier("c"), "(1)")
    #expect(told([], [generated]) == ["warning differs generated"])
  }

  @Test("says that extensions are missing, and whether they can be made") func extensions() {
    func installed(_ name: String, _ version: String) -> InstalledExtension {
      InstalledExtension(name: Identifier(name), version: version, schema: Identifier("public"))
    }
    let source = [
      installed("timescaledb", "2.1"), installed("a", "1"), installed("b", "1"), installed("c", "1"),
      installed("d", "1"),
    ]
    let found = ExtensionComparison(
      source: source, target: [installed("d", "2")],
      available: [Identifier("a"): ["1", "2"], Identifier("b"): ["2"]]
    ).findings
    let expected: [AccessFinding] = [
      .extensionMissing(source[1], .sameVersion), .extensionMissing(source[2], .otherVersion),
      .extensionMissing(source[3], .none), .extensionVersions(Identifier("d"), source: "1", target: "2"),
    ]
    let told = found.compactMap { found -> AccessFinding? in
      if case .access(let finding) = found.finding { finding } else { nil }
    }
    #expect(told == expected)
    #expect(found.map(\.level) == [.warning, .warning, .warning, .note])
  }

  @Test("knows how many locks fit, whatever else there is") func locks() {
    let settings = ServerSettings([
      "max_locks_per_transaction": "10", "max_connections": "20", "max_worker_processes": "8",
      "max_wal_senders": "10", "max_prepared_transactions": "1", "autovacuum_max_workers": "3",
    ])
    #expect(settings.lockTableSize == 430)
    #expect(ServerSettings([:]).lockTableSize == nil)
  }
}
