public import Postgres
public import TimescaleDB

/// Where a hypertable of the target isn't as the source's, although its rows fit in.
public struct TableFinding: Sendable, Equatable {
  public enum Fact: Sendable, Equatable {
    /// The target lacks it.
    case missing(TableRule)
    case onlyOnTarget(TableRule)
    /// A column's expression or collation, nil for none; with the column's type.
    case differs(TableRule.Kind, column: Identifier, type: String, source: String?, target: String?)
    /// A column's collation is the same by name, and sorts by other rules: provider, locale, version.
    case collationRules(column: Identifier, source: String, target: String)
    case dimensionSize(
      column: Identifier, source: HypertableTraits.DimensionSize, target: HypertableTraits.DimensionSize)
    /// With the source's settings.
    case compressionOff(CompressionSettings)
    case compressionSettings(CompressionSettings)
  }

  /// As people know it.
  public var relation: QualifiedName
  public var isAggregate: Bool
  /// The target's hypertable: for an aggregate the materialised one.
  public var table: QualifiedName
  public var fact: Fact
}

extension TableFinding: FindingFacts {
  var code: String {
    switch fact {
    case .missing(let rule): "\(rule.kind.codeName)-missing"
    case .onlyOnTarget(let rule): "\(rule.kind.codeName)-only-on-target"
    case .differs(.generated, _, _, _, _): "generated-column-differs"
    case .differs: "column-collation-differs"
    case .collationRules: "column-collation-rules-differ"
    case .dimensionSize: "chunk-interval-differs"
    case .compressionOff: "compression-off"
    case .compressionSettings: "compression-settings-differ"
    }
  }

  var side: Side? { .target }
  var object: String? { relation.description }
}

extension TableRule.Kind {
  fileprivate var codeName: String {
    switch self {
    case .index: "index"
    case .uniqueIndex: "unique-index"
    default: "constraint"
    }
  }
}

extension HypertablePair {
  func finding(_ level: CheckedFinding.Level, _ fact: TableFinding.Fact) -> CheckedFinding {
    CheckedFinding(
      level,
      .table(
        TableFinding(
          relation: source.knownName, isAggregate: source.aggregate != nil, table: target.name, fact: fact)))
  }
}
