public import Postgres

/// What a role can do without, and copies better with.
public enum OptionalPrivilege: String, Sendable, CaseIterable {
  /// Building chunks' indexes after loading.
  case buildIndexes = "build-indexes"
  /// Writing what TimescaleDB notes of compressed chunks' sizes.
  case recordSizes = "record-sizes"
  /// Keeping triggers from firing.
  case disableTriggers = "disable-triggers"

  /// Those that would have a use, and that the role lacks.
  ///
  /// - Throws: `PostgresError`.
  public static func missing(
    _ installation: Installation, on connection: borrowing Connection
  ) throws(PostgresError) -> [OptionalPrivilege] {
    let mayCreate = try connection.query(
      "SELECT has_schema_privilege('_timescaledb_internal', 'CREATE') AS may_create",
      doing: "looking for privileges"
    ) { row throws(PostgresError) in try row.flag("may_create") }
    let capabilities = installation.capabilities
    return allCases.filter { privilege in
      switch privilege {
      case .buildIndexes: capabilities.indexesCanBeRebuilt && mayCreate.first == false
      case .recordSizes: capabilities.isCommunity && !installation.mayRecordSizes
      case .disableTriggers: installation.server.grantsParameters && !installation.mayDisableTriggers
      }
    }
  }

  /// The statement that gives it.
  public func grant(to role: Identifier) -> SQL {
    switch self {
    case .buildIndexes: MigrationPrivilege.buildingIndexes(role).granting + ";"
    case .recordSizes: MigrationPrivilege.recordingSizes(role).granting + ";"
    case .disableTriggers: "GRANT SET ON PARAMETER session_replication_role TO \(role);"
    }
  }
}
