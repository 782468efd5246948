public import Postgres

/// A privilege that the role which migrates gets for that time.
public struct MigrationPrivilege: Sendable, Equatable {
  public var granting: SQL
  public var revoking: SQL

  /// Whether the role has it, a condition.
  private var isHeld: SQL

  private init(_ name: SQL, on object: SQL, of role: Identifier, isHeld: SQL) {
    granting = "GRANT \(name) ON \(object) TO \(role)"
    revoking = "REVOKE \(name) ON \(object) FROM \(role)"
    self.isHeld = isHeld
  }

  /// Those of `help privileges`, but privileges on parameters.
  public static func all(of role: Identifier, in database: Identifier) -> [MigrationPrivilege] {
    let making = MigrationPrivilege(
      "CREATE", on: "DATABASE \(database)", of: role,
      isHeld: "has_database_privilege(\(role.name), current_database(), 'CREATE')")
    return [making, buildingIndexes(role), recordingSizes(role), switchingJobs(role)]
  }

  static func buildingIndexes(_ role: Identifier) -> MigrationPrivilege {
    MigrationPrivilege(
      "CREATE", on: "SCHEMA _timescaledb_internal", of: role,
      isHeld: "has_schema_privilege(\(role.name), '_timescaledb_internal', 'CREATE')")
  }

  static func recordingSizes(_ role: Identifier) -> MigrationPrivilege {
    MigrationPrivilege(
      "UPDATE", on: "_timescaledb_catalog.compression_chunk_size", of: role,
      isHeld: "has_table_privilege(\(role.name), '_timescaledb_catalog.compression_chunk_size', 'UPDATE')")
  }

  static func switchingJobs(_ role: Identifier) -> MigrationPrivilege {
    MigrationPrivilege(
      "UPDATE (scheduled)", on: BackgroundJob.table, of: role,
      isHeld: "has_column_privilege(\(role.name), '\(BackgroundJob.table)', 'scheduled', 'UPDATE')")
  }

  /// Those that the role lacks.
  ///
  /// - Throws: `PostgresError`.
  public static func missing(
    of role: Identifier, in database: Identifier, on connection: borrowing Connection
  ) throws(PostgresError) -> [MigrationPrivilege] {
    var missing: [MigrationPrivilege] = []
    for privilege in all(of: role, in: database) {
      let held = try connection.query(
        "SELECT \(privilege.isHeld) AS held", doing: "looking at the privileges of \(role)"
      ) { row throws(PostgresError) in try row.flag("held") }
      if held.first != true { missing.append(privilege) }
    }
    return missing
  }

  /// Gives all jobs of a restored database to the session's role, as everything else in it was.
  public static let takingJobs: SQL = """
    UPDATE \(BackgroundJob.table) SET owner = current_user::regrole
    WHERE \(BackgroundJob.isOfPeople("id")) AND owner <> current_user::regrole
    """
}
