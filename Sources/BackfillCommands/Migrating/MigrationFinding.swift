public import Postgres

/// What is found while a whole migration is led.
public enum MigrationFinding: Sendable, Equatable {
  /// The migration that is under way on the target is one between other databases.
  case otherDatabases([DatabaseDifference])
  /// Hypertables that have rows from the completion point on, and none of them on the target: the application doesn't seem
  /// to write there, and these rows aren't copied.
  case onlyOnSource([QualifiedName])
  /// A hypertable has rows of the future, which may have been there before the application began to write to both sides,
  /// and aren't copied.
  case rowsAhead(QualifiedName, newest: Timestamp)
  /// The time of these hypertables can't be compared with the completion point for all, and they have none of their own.
  case needTimes([QualifiedName])
}

extension MigrationFinding: FindingFacts {
  var code: String {
    switch self {
    case .otherDatabases: "migration-of-other-databases"
    case .onlyOnSource: "not-written-to-target"
    case .rowsAhead: "rows-of-the-future"
    case .needTimes: "times-missing"
    }
  }

  var side: Side? {
    switch self {
    case .otherDatabases(let differences):
      Set(differences.map(\.side)).count == 1 ? differences.first?.side : nil
    case .onlyOnSource: .target
    case .rowsAhead, .needTimes: .source
    }
  }

  var object: String? {
    switch self {
    case .otherDatabases: nil
    case .onlyOnSource(let names), .needTimes(let names): names.count == 1 ? names[0].description : nil
    case .rowsAhead(let name, _): name.description
    }
  }
}
