import Postgres
import TimescaleDB

/// Whether rows have to obey the same rules on both sides, and are found by the same indexes.
struct TableRules: ChecklistItem {
  let match: HypertableMatch
  let source: [Int64: [TableRule]]
  let target: [Int64: [TableRule]]

  var findings: [CheckedFinding] {
    match.pairs.flatMap { pair in
      facts(pair).map { level, fact in pair.finding(level, fact) }
    }
  }

  private func facts(_ pair: HypertablePair) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    let columns = ColumnAgreement(
      source: match.sourceColumns[pair.source.id]?.columns ?? [],
      target: match.targetColumns[pair.target.id]?.columns ?? []
    ).pairs
    let shared = Set(columns.map(\.source.name))
    // An aggregate's constraints are TimescaleDB's, and a restored dump lacks some.
    let isAggregate = pair.source.aggregate != nil
    func known(_ rules: [TableRule]?) -> [TableRule] {
      (rules ?? []).filter {
        (!$0.kind.isOfColumn || shared.contains($0.name)) && (!isAggregate || $0.kind.isIndex)
      }
    }
    return Self.facts(known(source[pair.source.id]), known(target[pair.target.id]), columns)
  }

  /// - Parameter columns: those that both sides have.
  static func facts(
    _ theirs: [TableRule], _ ours: [TableRule], _ columns: [(source: Column, target: Column)]
  ) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    let (there, here) = (Set(theirs.map(\.key)), Set(ours.map(\.key)))
    let missing = theirs.filter { !$0.kind.isCompared && !here.contains($0.key) }.map { rule in
      (rule.kind == .index ? CheckedFinding.Level.note : .warning, TableFinding.Fact.missing(rule))
    }
    // More indexes cost time, but refuse nothing; of foreign keys another finding tells.
    let more = ours.filter {
      !$0.kind.isCompared && $0.kind != .index && $0.kind != .foreignKey && !there.contains($0.key)
    }.map { (CheckedFinding.Level.warning, TableFinding.Fact.onlyOnTarget($0)) }
    return missing + more
      + columns.flatMap { differences(of: $0.source, theirs, ours) + collationRules($0.source, $0.target) }
  }

  /// Collations of databases are compared elsewhere, and what isn't sorted by locale has the same rules everywhere.
  private static func collationRules(
    _ source: Column, _ target: Column
  ) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    let known = [source.collation, target.collation]
    guard source.collation != target.collation, !known.contains("default"), !known.contains("C"),
      !known.contains("")
    else { return [] }
    let fact = TableFinding.Fact.collationRules(
      column: source.name, source: source.collation, target: target.collation)
    return [(.note, fact)]
  }

  private static func differences(
    of column: Column, _ theirs: [TableRule], _ ours: [TableRule]
  ) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    [TableRule.Kind.generated, .collation].compactMap { kind in
      func definition(_ rules: [TableRule]) -> String? {
        rules.first { $0.kind == kind && $0.name == column.name }?.definition
      }
      let (source, target) = (definition(theirs), definition(ours))
      guard !source.hasSameBytes(as: target) else { return nil }
      return (
        .warning, .differs(kind, column: column.name, type: column.type, source: source, target: target)
      )
    }
  }
}

extension TableRule.Kind {
  /// By column: it may be there on both sides and differ.
  fileprivate var isCompared: Bool { self == .generated || self == .collation }
}

extension TableRule {
  /// By what a rule is the same on both sides: its name isn't, unless it is a column's.
  fileprivate var key: [String] { [kind.rawValue, kind.isOfColumn ? name.name : definition] }
}
