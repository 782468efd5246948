public import Postgres

/// A relation as it is read.
public struct Relation: Sendable {
  public let name: QualifiedName
  /// Only what stands in the relation itself. The planner then looks at no chunk's state, which may be newer than the
  /// snapshot.
  public let only: Bool

  public init(_ name: QualifiedName, only: Bool = false) {
    self.name = name
    self.only = only
  }

  /// What stands behind FROM.
  var sql: SQL { only ? "ONLY \(name)" : "\(name)" }
}
