public import Postgres

/// A privilege that the role which migrates gets for that time.
public struct MigrationPrivilege: Sendable, Equatable {
  public var granting: SQL
  public var revoking: SQL

  /// Whether the role has it, a condition.
  private var isHeld: SQL

  /// Those of `help privileges`, but privileges on parameters.
  public static func all(of role: Identifier, in database: Identifier) -> [MigrationPrivilege] {
    func privilege(_ name: SQL, on object: SQL, isHeld: SQL) -> MigrationPrivilege {
      MigrationPrivilege(
        granting: "GRANT \(name) ON \(object) TO \(role)",
        revoking: "REVOKE \(name) ON \(object) FROM \(role)",
        isHeld: isHeld)
    }
    return [
      privilege(
        "CREATE", on: "DATABASE \(database)",
        isHeld: "has_database_privilege(\(role.name), current_database(), 'CREATE')"),
      privilege(
        "CREATE", on: "SCHEMA _timescaledb_internal",
        isHeld: "has_schema_privilege(\(role.name), '_timescaledb_internal', 'CREATE')"),
      privilege(
        "UPDATE", on: "_timescaledb_catalog.compression_chunk_size",
        isHeld: "has_table_privilege(\(role.name), '_timescaledb_catalog.compression_chunk_size', 'UPDATE')"),
      privilege(
        "UPDATE (scheduled)", on: "_timescaledb_config.bgw_job",
        isHeld: "has_column_privilege(\(role.name), '_timescaledb_config.bgw_job', 'scheduled', 'UPDATE')"),
    ]
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
    UPDATE _timescaledb_config.bgw_job SET owner = current_user::regrole
    WHERE id >= 1000 AND owner <> current_user::regrole
    """
}
