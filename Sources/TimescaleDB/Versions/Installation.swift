public import Postgres

/// TimescaleDB as one database has it.
public struct Installation: Sendable {
  public let capabilities: Capabilities
  /// Where the extension's public functions (compress_chunk and its like) stand; not always "public".
  public let schema: Identifier
  /// The server's version as libpq gives it.
  public let serverVersion: Int
  public let serverVersionText: String
  public let encoding: String
  /// What sorts texts where nothing else is said: provider, locale and the version in use, or "C".
  public let defaultCollation: String
  public let isInRecovery: Bool
  public let database: String
  public let user: String
  /// timescaledb.restoring was left on: the extension doesn't do its work in this database.
  public let isRestoring: Bool
  /// The role may set timescaledb.restoring, which turns most of the extension off: superusers may, and from PostgreSQL
  /// 15 those to whom `GRANT SET ON PARAMETER` gave it.
  public let mayBypassExtension: Bool
  /// The role may set session_replication_role, without which a transaction's triggers can't be turned off.
  public let mayDisableTriggers: Bool
  /// The role may write what TimescaleDB notes of compressed chunks' sizes.
  public let mayRecordSizes: Bool
  /// What this build's bloom filters say to some questions: those of another hash function say otherwise. nil where it
  /// doesn't matter.
  public private(set) var bloomHash: String?

  /// Asks a session what its database has.
  ///
  /// - Returns: nil when the extension isn't installed in this database.
  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> Installation? {
    let serverVersion = connection.serverVersion
    let side = connection.side
    let operation = "looking for TimescaleDB"
    let found = try connection.query(Self.question(serverVersion), doing: operation) {
      row throws(PostgresError) in
      let text = try row.text(0)
      guard let version = TimescaleVersion(text) else {
        throw PostgresError(
          kind: .unexpectedAnswer, side: side, operation: operation,
          message: "the extension's version is \"\(text)\"")
      }
      return Installation(
        capabilities: Capabilities(version: version, isCommunity: row.optionalText(2) != "apache"),
        schema: Identifier(try row.text(1)), serverVersion: serverVersion,
        serverVersionText: try row.text(3), encoding: try row.text(4), defaultCollation: try row.text(12),
        isInRecovery: try row.flag(5),
        database: try row.text(6), user: try row.text(7),
        isRestoring: try row.flag(9), mayBypassExtension: try row.flag(8),
        mayDisableTriggers: try row.flag(10), mayRecordSizes: try row.flag(11))
    }
    guard var installation = found.first else { return nil }
    if installation.capabilities.bloomHashDependsOnBuild {
      installation.bloomHash = try connection.query(bloomQuestion, doing: operation) {
        row throws(PostgresError) in try row.text(0)
      }.first
    }
    return installation
  }

  /// Whether a filter with most of its bits set may hold each of 64 texts: a fingerprint of their hashes.
  private static let bloomQuestion: SQL = """
    SELECT string_agg(_timescaledb_functions.bloom1_contains(f.filter, i::text)::int::text, '' ORDER BY i)
    FROM (SELECT ('\\x' || repeat('fe7fefdfbffbf7fd', 16))::_timescaledb_internal.bloom1 AS filter) AS f,
      generate_series(1, 64) AS i
    """

  /// Before PostgreSQL 15 every database is libc's, whose version is that of any of its collations.
  private static func defaultCollation(_ serverVersion: Int) -> SQL {
    let version: SQL =
      serverVersion >= 150000
      ? "pg_database_collation_actual_version(d.oid)"
      : """
      (SELECT pg_collation_actual_version(c.oid) FROM pg_collation AS c
       WHERE c.collprovider = 'c' AND c.collcollate = d.datcollate LIMIT 1)
      """
    return """
      SELECT CASE WHEN n.provider IN ('b', 'c') AND n.locale IN ('C', 'POSIX') THEN 'C'
        ELSE concat_ws(' ', n.provider, n.locale, n.rules, n.version) END
      FROM (
        SELECT coalesce(j ->> 'datlocprovider', 'c') AS provider, j ->> 'daticurules' AS rules, \(version) AS version,
          CASE WHEN j ->> 'datlocprovider' IN ('i', 'b') THEN coalesce(j ->> 'datlocale', j ->> 'daticulocale')
            ELSE d.datcollate END AS locale
        FROM pg_database AS d CROSS JOIN LATERAL to_jsonb(d) AS j WHERE d.datname = current_database()
      ) AS n
      """
  }

  private static func question(_ serverVersion: Int) -> SQL {
    func maySet(_ parameter: String) -> SQL {
      serverVersion >= 150000
        ? "has_parameter_privilege(\(parameter), 'SET')"
        : "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    }
    return """
      SELECT e.extversion, n.nspname, current_setting('timescaledb.license', true),
        current_setting('server_version'), current_setting('server_encoding'), pg_is_in_recovery(),
        current_database(), current_user, \(maySet("timescaledb.restoring")),
        coalesce(current_setting('timescaledb.restoring', true), 'off') = 'on',
        \(maySet("session_replication_role")), \(CompressionSizes.isWritable), (\(defaultCollation(serverVersion)))
      FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
      WHERE e.extname = 'timescaledb'
      """
  }
}
