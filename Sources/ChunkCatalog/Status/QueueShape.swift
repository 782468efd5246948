public import Postgres
internal import TimescaleDB

/// What a target has of a queue, and what the current role may see of it. Looked at before the queue is read, as any
/// version of this program, or another tool, may have staged it: what is missing is then not asked for.
public struct QueueShape: Sendable {
  /// The server's clock.
  public let now: Timestamp
  public let database: String
  public let role: String
  /// nil where the database has no TimescaleDB.
  public let timescaleVersion: String?
  /// There is a schema `__backfill`.
  public let hasSchema: Bool
  /// Who it belongs to, where that is a role whose rights the current one doesn't have.
  public let stranger: String?
  public let mayUseSchema: Bool
  /// The role may see what sessions of all other roles do.
  public let seesAllSessions: Bool
  /// The queue's tables that exist.
  public let tables: Set<String>
  /// Those of them that the role may read.
  public let readableTables: Set<String>
  /// `table.column`
  let columns: Set<String>

  /// Whether there is a queue.
  public var hasQueue: Bool { tables.contains("task") }

  /// Whether what is in a table can be told.
  public func reads(_ table: String) -> Bool { mayUseSchema && readableTables.contains(table) }

  /// Whether a table has a column.
  func hasColumn(_ table: String, _ column: String) -> Bool { columns.contains("\(table).\(column)") }

  /// A column of a table, or NULL where an older queue doesn't have it.
  func column(_ table: String, _ column: String, _ type: SQL) -> SQL {
    hasColumn(table, column)
      ? "\(Identifier(table)).\(Identifier(column))" : "NULL::\(type)"
  }

  /// Opens a transaction that reads those of the tables that the role may read, all in one snapshot. The tables can't be
  /// exchanged or changed from then on, so what is looked at is what is read.
  func opening(_ tables: [String]) -> SQL {
    let names = tables.filter(reads).map { "ONLY __backfill.\(Identifier($0))" as SQL }
    return """
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      LOCK TABLE \(names.joined(separator: ", ")) IN ACCESS SHARE MODE;
      \(QueueTrust.guardingReads)
      """
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> QueueShape? {
    try target.nextRows(doing: "looking at the queue") { row throws(PostgresError) in
      QueueShape(
        now: Timestamp(microseconds: try row.integer("now")), database: try row.text("database"),
        role: try row.text("role"), timescaleVersion: try row.optionalText("timescale"),
        hasSchema: try row.optionalText("owner") != nil, stranger: try row.optionalText("stranger"),
        mayUseSchema: try row.flag("may_use"), seesAllSessions: try row.flag("sees_all"),
        tables: Set(try row.texts("tables")), readableTables: Set(try row.texts("readable")),
        columns: Set(try row.texts("columns")))
    }.first
  }

  /// Takes names apart from system catalogs, so that nothing of the queue's owner has any part in it.
  static let question: SQL = """
    WITH queue AS (
      SELECT c.oid, c.relname::text AS relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = '__backfill' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    )
    SELECT \(Timestamp.reading("clock_timestamp()")) AS now, current_database() AS database, current_user AS role,
      (\(TimescaleVersion.installed)) AS timescale, pg_get_userbyid(s.nspowner) AS owner,
      CASE WHEN NOT pg_has_role(s.nspowner, 'USAGE') THEN pg_get_userbyid(s.nspowner) END AS stranger,
      coalesce(has_schema_privilege(s.oid, 'USAGE'), false) AS may_use,
      pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
      ARRAY(SELECT relname FROM queue) AS tables,
      ARRAY(SELECT relname FROM queue WHERE has_table_privilege(oid, 'SELECT')) AS readable,
      ARRAY(SELECT format('%s.%s', relname, a.attname) FROM queue JOIN pg_attribute AS a ON a.attrelid = queue.oid
        WHERE a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM (SELECT) AS one LEFT JOIN pg_namespace AS s ON s.nspname = '__backfill';
    """
}
