public import Postgres

/// A trigger that people made and that copying sets off.
public struct FiringTrigger: Sendable {
  /// When it fires, as pg_trigger.tgenabled says: https://www.postgresql.org/docs/current/catalog-pg-trigger.html
  public enum Firing: String, Sendable {
    /// As any trigger, but not under session_replication_role = replica.
    case origin = "O"
    case always = "A"
    /// Only under session_replication_role = replica.
    case replica = "R"
  }

  public let name: Identifier
  public let hypertable: QualifiedName
  public let firing: Firing
  /// The hypertable has it disabled, and these chunks don't: they were made later.
  public let isDisabledOnHypertable: Bool

  /// In SQL, of pg_trigger as `t`: people made it, and neither PostgreSQL for a constraint nor TimescaleDB.
  public static let isPeoples: SQL = """
    NOT t.tgisinternal AND t.tgname NOT IN ('ts_insert_blocker', \(Invalidation.trigger.name))
    """

  /// Row triggers of chunks, and what fires for a whole statement on the relation that copying names in it.
  ///
  /// - Parameter relations: a query whose columns `hypertable` and `relation` are OIDs; copying writes to the relations.
  /// - Throws: `PostgresError`.
  public static func all(
    on relations: SQL, connection: borrowing Connection
  ) throws(PostgresError) -> [FiringTrigger] {
    let side = connection.side
    let operation = "listing triggers"
    return try connection.query(
      """
      SELECT t.tgname, n.nspname, h.relname, t.tgenabled,
        coalesce(bool_or(o.tgenabled = 'D'), false) AS is_disabled_on_hypertable
      FROM (\(relations)) AS w
      JOIN pg_trigger AS t ON t.tgrelid = w.relation
      JOIN pg_class AS h ON h.oid = w.hypertable
      JOIN pg_namespace AS n ON n.oid = h.relnamespace
      LEFT JOIN pg_trigger AS o ON o.tgrelid = w.hypertable AND o.tgname = t.tgname
      WHERE \(isPeoples) AND t.tgenabled <> 'D'
        AND t.tgtype & CASE WHEN t.tgtype & \(Bits.row) <> 0 THEN \(Bits.forRows) ELSE \(Bits.forStatements) END <> 0
      GROUP BY t.tgname, n.nspname, h.relname, t.tgenabled
      ORDER BY n.nspname, h.relname, t.tgname
      """, doing: operation
    ) { row throws(PostgresError) in
      let text = try row.text("tgenabled")
      guard let firing = Firing(rawValue: text) else {
        throw PostgresError.unexpected("tgenabled is \"\(text)\"", side, doing: operation)
      }
      return FiringTrigger(
        name: Identifier(try row.text("tgname")), hypertable: try row.name("nspname", "relname"),
        firing: firing,
        isDisabledOnHypertable: try row.flag("is_disabled_on_hypertable"))
    }
  }

  /// Of pg_trigger.tgtype (src/include/catalog/pg_trigger.h).
  private enum Bits {
    static let row = 1
    /// INSERT and DELETE.
    static let forRows = 4 | 8
    /// The same and TRUNCATE.
    static let forStatements = 4 | 8 | 32
  }
}
