public import Postgres

/// What of a database's definitions something is about.
public enum DefinedObject: Sendable, Hashable {
  case hypertable(QualifiedName)
  case aggregate(QualifiedName)
  /// - Parameter relation: that it works on; nil for none.
  case job(procedure: QualifiedName, relation: QualifiedName?)
}

/// Makes one thing, or all of one thing, on another database.
public struct DefinitionStatement: Sendable, Equatable {
  public var object: DefinedObject
  /// One or more, each with its semicolon.
  public var sql: SQL
  /// Nothing depends on it, so that all else goes on where the server refuses it.
  public var isOptional: Bool

  init(_ object: DefinedObject, _ statements: [SQL], isOptional: Bool = false) {
    self.object = object
    sql = statements.map { $0 + ";\n" }.joined(separator: "")
    self.isOptional = isOptional
  }
}

/// A definition that another database can't take over.
public enum UnavailableDefinition: Sendable, Equatable {
  /// Those of the Community edition, where the target has the Apache edition.
  case compression(QualifiedName)
  case aggregate(QualifiedName)
  case job(procedure: QualifiedName, relation: QualifiedName?)
  /// The target's version can't have sparse indexes chosen.
  case sparseIndexes(QualifiedName, indexes: String)
  /// The target's version has no such settings.
  case columnRanges(QualifiedName, columns: [Identifier])
  case directCompression(QualifiedName)
  /// Isn't told by what it was set with.
  case granularRefresh(QualifiedName)
  /// A policy that this program doesn't know.
  case policy(procedure: QualifiedName, relation: QualifiedName?)
  /// The target has it as something else than a hypertable.
  case plainTable(QualifiedName)
}
