import ChunkCatalog
import Postgres
import TimescaleDB

/// Whether the role may make the schema `__backfill` where there is none: asked before anything else is made.
struct QueuePrivilege: ChecklistItem {
  let mayCreate: Bool
  let database: Identifier
  let role: Identifier

  /// - Throws: `PostgresError`.
  static func find(
    on target: borrowing Connection, _ installation: Installation
  ) throws(PostgresError) -> QueuePrivilege {
    let found = try target.query(
      """
      SELECT to_regnamespace('__backfill') IS NOT NULL OR has_database_privilege(current_database(), 'CREATE')
        AS may_create
      """, doing: "looking for the privilege to make the __backfill schema"
    ) { row throws(PostgresError) in try row.flag("may_create") }
    return QueuePrivilege(
      mayCreate: found.first == true, database: Identifier(installation.database),
      role: Identifier(installation.user))
  }

  var findings: [CheckedFinding] {
    mayCreate ? [] : [.init(.stop, .databases(.mayNotCreateQueue(database: database, role: role)))]
  }
}
