public import Postgres

/// What is found of the two databases as a whole.
public enum DatabaseFinding: Sendable, Equatable {
  /// Source and target are one database.
  case same
  /// The source is a standby of the target, or of a physical copy of it: these can't be told apart.
  case sourceFollowsTarget
  case lacksTimescaleDB(Side)
  /// Most of the extension is turned off, as it is while a dump is being restored.
  case isRestoring(Side)
  case targetIsStandby
  /// Policies apply to the session's role.
  case rowSecurity([SidedRelation])
  /// The role lacks CREATE on the target's database.
  case mayNotCreateQueue(database: Identifier, role: Identifier)
  /// At least one of the databases has no encoding.
  case noEncoding(source: String, target: String)
}

/// A relation of one of the databases.
public struct SidedRelation: Sendable, Equatable {
  public var relation: QualifiedName
  public var side: Side
  /// Which role lacks BYPASSRLS; nil for the relation's owner, to whom policies need not apply.
  public var role: Identifier?
}

extension DatabaseFinding: FindingFacts {
  var code: String {
    switch self {
    case .same: "same-database"
    case .sourceFollowsTarget: "source-follows-target"
    case .lacksTimescaleDB: "no-timescaledb"
    case .isRestoring: "restoring"
    case .targetIsStandby: "target-is-standby"
    case .rowSecurity: "row-level-security"
    case .mayNotCreateQueue: "no-create-privilege"
    case .noEncoding: "sql-ascii"
    }
  }

  var side: Side? {
    switch self {
    case .lacksTimescaleDB(let side), .isRestoring(let side): side
    case .targetIsStandby, .mayNotCreateQueue: .target
    case .sourceFollowsTarget: .source
    case .same, .rowSecurity, .noEncoding: nil
    }
  }

  var object: String? {
    switch self {
    case .rowSecurity(let relations) where relations.count == 1: relations[0].relation.description
    case .mayNotCreateQueue(_, let role): role.description
    default: nil
    }
  }
}
