public import Postgres
public import TimescaleDB

/// Where the target's schema isn't the source's.
public enum SchemaFinding: Sendable, Equatable {
  case missing([MissingRelation])
  case hypertablesDiffer([HypertableDifference])
  case aggregatesDiffer([AggregateDifference])
  case unlogged(Side, [UnloggedRelation])
  /// There is no hypertable at all on the target; that many are selected.
  case emptyTarget(hypertables: Int)
}

/// A hypertable or continuous aggregate that the target lacks.
public struct MissingRelation: Sendable, Equatable {
  public var name: QualifiedName
  public var isAggregate: Bool
}

public struct HypertableDifference: Sendable, Equatable {
  public enum Fact: Sendable, Equatable {
    case dimensions
    case missingColumn(Identifier)
    /// Only the target has it.
    case extraColumn(Identifier)
    case columnType(source: Column, target: Column)
  }

  public var hypertable: QualifiedName
  public var fact: Fact
}

/// Definitions that differ, by their first lines that do.
public struct AggregateDifference: Sendable, Equatable {
  public var view: QualifiedName
  public var source: String
  public var target: String
}

public struct UnloggedRelation: Sendable, Equatable {
  public var hypertable: QualifiedName
  /// The chunks that are; nil for the hypertable itself, whose new chunks are too.
  public var chunks: [QualifiedName]?
}

extension SchemaFinding: FindingFacts {
  var code: String {
    switch self {
    case .missing: "missing-on-target"
    case .hypertablesDiffer: "hypertables-differ"
    case .aggregatesDiffer: "aggregates-differ"
    case .unlogged: "unlogged"
    case .emptyTarget: "target-empty"
    }
  }

  var side: Side? {
    switch self {
    case .missing, .emptyTarget: .target
    case .unlogged(let side, _): side
    case .hypertablesDiffer, .aggregatesDiffer: nil
    }
  }

  var object: String? {
    let names: Set<QualifiedName> =
      switch self {
      case .missing(let relations): Set(relations.map(\.name))
      case .hypertablesDiffer(let differences): Set(differences.map(\.hypertable))
      case .aggregatesDiffer(let differences): Set(differences.map(\.view))
      case .unlogged(_, let relations): Set(relations.map(\.hypertable))
      case .emptyTarget: []
      }
    return names.count == 1 ? names.first?.description : nil
  }
}
