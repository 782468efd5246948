import ChunkCatalog
import Postgres
import TimescaleDB

/// Whether the role may make the schema `__backfill` where there is none: asked before anything else is made.
enum QueuePrivilege {
  /// - Throws: `CommandFailure` with the privilege to grant; `PostgresError`.
  static func refuseWithoutPrivilege(on target: borrowing Connection, _ installation: Installation) throws {
    let found = try target.query(
      """
      SELECT to_regnamespace('__backfill') IS NOT NULL OR has_database_privilege(current_database(), 'CREATE')
        AS may_create
      """, doing: "looking for the privilege to make the __backfill schema"
    ) { row throws(PostgresError) in try row.flag("may_create") }
    guard found.first != true else { return }
    throw CommandFailure.failed(
      .databases(
        .mayNotCreateQueue(
          database: Identifier(installation.database), role: Identifier(installation.user))))
  }
}
