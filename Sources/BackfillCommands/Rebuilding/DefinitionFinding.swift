public import Postgres
public import TimescaleDB

/// What is found where hypertables and continuous aggregates are made from definitions.
public enum DefinitionFinding: Sendable {
  /// It is done so though nobody asked for it: the catalog can only be restored where versions and editions are the same.
  case neededByVersions(source: String, target: String)
  case neededByEditions
  /// Staging and copying need the same version.
  case versionsDiffer(source: String, target: String)
  case unavailable(UnavailableDefinition)
  /// They depend on continuous aggregates that the target can't have.
  case dependents([String])
  /// The target refused it, and all else was made.
  case refused(DefinedObject, PostgresError)
  case largeObjects(Int64)
  /// Rows of people's own in tables of extensions, which stay behind.
  case extensionRows([QualifiedName])
  /// The target had them, so they weren't made; and they were dropped meanwhile.
  case droppedMeanwhile([String], jobs: [DefinedObject])
}

extension DefinitionFinding: FindingFacts {
  var code: String {
    switch self {
    case .neededByVersions, .neededByEditions: "from-definitions"
    case .versionsDiffer: "definitions-of-another-version"
    case .unavailable(.plainTable): "not-a-hypertable"
    case .unavailable, .dependents: "definition-left-out"
    case .refused: "definition-refused"
    case .largeObjects: "large-objects-left-out"
    case .extensionRows: "extension-rows-left-out"
    case .droppedMeanwhile: "dropped-meanwhile"
    }
  }

  var error: PostgresError? {
    if case .refused(_, let error) = self { error } else { nil }
  }

  var side: Side? {
    switch self {
    case .neededByVersions, .neededByEditions, .versionsDiffer: nil
    case .unavailable, .dependents, .refused, .droppedMeanwhile: .target
    case .largeObjects, .extensionRows: .source
    }
  }

  var object: String? {
    switch self {
    case .unavailable(let definition): definition.relation?.description
    default: nil
    }
  }
}

extension UnavailableDefinition {
  /// The hypertable, or the aggregate's view; nil for a job of none.
  public var relation: QualifiedName? {
    switch self {
    case .compression(let name), .aggregate(let name), .sparseIndexes(let name, _),
      .columnRanges(let name, _),
      .directCompression(let name), .granularRefresh(let name), .plainTable(let name):
      name
    case .job(_, let relation), .policy(_, let relation): relation
    }
  }
}
