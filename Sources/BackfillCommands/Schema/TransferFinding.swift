public import Postgres
public import TimescaleDB

/// What is found when a schema goes from one database to the other.
public enum TransferFinding: Sendable {
  /// The string doesn't say which database, so that it can't be created.
  case targetDatabaseUnnamed
  /// There is none, and it may not be created.
  case targetDatabaseMissing(Identifier)
  /// - Parameter isAvailable: of another version, which the server offers; nil where it offers none.
  case timescaleUnavailable(version: String, available: [String])
  case editionsDiffer
  case extensionSchemaDiffers(source: Identifier, target: Identifier)
  case extensionsUnavailable([String])
  /// - Parameters:
  ///   - objects: the first of them.
  ///   - isHalf: the database is being restored, so that they are what an earlier run left.
  case occupied(objects: [SchemaObject], count: Int, database: Identifier, isHalf: Bool)
  /// The target's TimescaleDB catalog has entries.
  case catalogOccupied(CatalogCounts, database: Identifier, isHalf: Bool)
  /// Another run is at it.
  case atWork(process: Int64)
  case rolesMissing([Identifier])
  case tablespacesMissing([Identifier])
  case databasesDiffer([DatabaseTrait])
  /// Password hashes may not be read.
  case passwordsLeftOut([Identifier])
  case attributesLeftOut(Identifier, [String])
  /// A managed target refused it.
  case refused(RefusedStatement, PostgresError)
  case restoreModeRefused(PostgresError)
  /// The target's role lacks a privilege.
  case notPermitted(PostgresError, isManaged: Bool)
  /// There are too many relations for one transaction.
  case notAtomic(relations: Int64, locks: Int64)
  /// No ordinary table matches.
  case noTables
  case tablesMissing([QualifiedName])
  /// Tables that something else refers to, and that have no primary key.
  case tablesWithoutKey([QualifiedName])
  /// All is there from an earlier run but its end.
  case continuing
  /// All is there, and nothing is to be done.
  case complete
}

/// A property that two databases have differently.
public struct DatabaseTrait: Sendable, Equatable {
  public enum Kind: String, Sendable { case encoding, collation }

  public var kind: Kind
  public var source: String
  public var target: String
}

/// What a statement was for.
public enum RefusedStatement: Sendable, Equatable {
  case membership(role: Identifier, member: Identifier)
  case roleSetting(Identifier)
  case parameterPrivilege
  case databaseSetting(String)
}

extension TransferFinding: FindingFacts {
  var code: String {
    switch self {
    case .targetDatabaseUnnamed: "target-database-unnamed"
    case .targetDatabaseMissing: "target-database-missing"
    case .timescaleUnavailable: "timescaledb-unavailable"
    case .editionsDiffer: "editions-differ"
    case .extensionSchemaDiffers: "extension-schema-differs"
    case .extensionsUnavailable: "extensions-unavailable"
    case .occupied, .catalogOccupied: "target-not-empty"
    case .atWork: "schema-at-work"
    case .rolesMissing: "roles-missing"
    case .tablespacesMissing: "tablespaces-missing"
    case .databasesDiffer: "databases-differ"
    case .passwordsLeftOut: "passwords-left-out"
    case .attributesLeftOut: "attributes-left-out"
    case .refused: "statement-refused"
    case .restoreModeRefused: "restore-mode-refused"
    case .notPermitted: "not-permitted"
    case .notAtomic: "not-atomic"
    case .noTables: "no-tables"
    case .tablesMissing: "tables-missing"
    case .tablesWithoutKey: "tables-without-key"
    case .continuing: "continuing"
    case .complete: "complete"
    }
  }

  var error: PostgresError? {
    switch self {
    case .refused(_, let error), .restoreModeRefused(let error), .notPermitted(let error, _): error
    default: nil
    }
  }

  var side: Side? {
    switch self {
    case .editionsDiffer, .databasesDiffer, .extensionSchemaDiffers: nil
    case .passwordsLeftOut, .noTables: .source
    default: .target
    }
  }

  var object: String? {
    switch self {
    case .occupied(let objects, 1, _, _): objects.first?.name
    case .targetDatabaseMissing(let database): database.description
    case .attributesLeftOut(let role, _): role.description
    default: nil
    }
  }
}
