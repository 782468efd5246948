public import Postgres
public import TimescaleDB

/// What is found of extensions, roles and privileges.
public enum AccessFinding: Sendable, Equatable {
  public enum Availability: Sendable, Equatable {
    /// The target's server offers the source's version,
    case sameVersion
    /// another one,
    case otherVersion
    /// or none.
    case none
  }

  /// The target lacks it.
  case extensionMissing(InstalledExtension, Availability)
  case extensionVersions(Identifier, source: String, target: String)
  /// The target lacks a role that owns these, or has privileges on them.
  case roleMissing(Identifier, relations: Int)
  case owners(QualifiedName, isAggregate: Bool, source: Identifier, target: Identifier)
  /// The role has not the rights of the owner, on the target.
  case notOwner(QualifiedName, owner: Identifier, role: Identifier)
  /// The role may not read it on the source; that many of its chunks, or all of it.
  case unreadable(QualifiedName, chunks: Int64?, role: Identifier)
  case optional(OptionalPrivilege, role: Identifier)
}

extension AccessFinding: FindingFacts {
  var code: String {
    switch self {
    case .extensionMissing: "extension-missing"
    case .extensionVersions: "extension-versions-differ"
    case .roleMissing: "role-missing"
    case .owners: "owners-differ"
    case .notOwner: "not-owner"
    case .unreadable: "may-not-read"
    case .optional(let privilege, _): "may-not-\(privilege.rawValue)"
    }
  }

  var side: Side? { if case .unreadable = self { .source } else { .target } }

  var object: String? {
    switch self {
    case .extensionMissing(let missing, _): missing.name.description
    case .extensionVersions(let name, _, _), .roleMissing(let name, _): name.description
    case .owners(let relation, _, _, _), .notOwner(let relation, _, _), .unreadable(let relation, _, _):
      relation.description
    case .optional(_, let role): role.description
    }
  }
}
