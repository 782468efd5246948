public import Postgres

/// TimescaleDB as one database has it.
public struct Installation: Sendable {
  public let capabilities: Capabilities
  /// Where the extension's public functions (compress_chunk and its like) stand; not always "public".
  public let schema: Identifier
  public let server: ServerCapabilities
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
    let server = connection.server
    let side = connection.side
    let operation = "looking for TimescaleDB"
    let found = try connection.query(Self.question(server), doing: operation) {
      row throws(PostgresError) in
      let text = try row.text("version")
      guard let version = TimescaleVersion(text) else {
        throw PostgresError.unexpected("the extension's version is \"\(text)\"", side, doing: operation)
      }
      return Installation(
        capabilities: Capabilities(
          version: version, isCommunity: try row.optionalText("license") != "apache"),
        schema: Identifier(try row.text("schema")), server: server, encoding: try row.text("encoding"),
        defaultCollation: try row.text("default_collation"), isInRecovery: try row.flag("is_in_recovery"),
        database: try row.text("database"), user: try row.text("role"),
        isRestoring: try row.flag("is_restoring"), mayBypassExtension: try row.flag("may_bypass_extension"),
        mayDisableTriggers: try row.flag("may_disable_triggers"),
        mayRecordSizes: try row.flag("may_record_sizes"))
    }
    guard var installation = found.first else { return nil }
    if installation.capabilities.bloomHashDependsOnBuild {
      installation.bloomHash = try connection.query(bloomQuestion, doing: operation) {
        row throws(PostgresError) in try row.text("answers")
      }.first
    }
    return installation
  }

  /// Whether a filter with most of its bits set may hold each of 64 texts: a fingerprint of their hashes.
  private static let bloomQuestion: SQL = """
    SELECT string_agg(_timescaledb_functions.bloom1_contains(f.filter, i::text)::int::text, '' ORDER BY i) AS answers
    FROM (SELECT ('\\x' || repeat('fe7fefdfbffbf7fd', 16))::_timescaledb_internal.bloom1 AS filter) AS f,
      generate_series(1, 64) AS i
    """

  /// Before PostgreSQL 15 every database is libc's, whose version is that of any of its collations.
  private static func defaultCollation(_ server: ServerCapabilities) -> SQL {
    let version: SQL =
      server.tellsDatabaseCollationVersion
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

  private static func question(_ server: ServerCapabilities) -> SQL {
    func maySet(_ parameter: String) -> SQL {
      server.grantsParameters
        ? "has_parameter_privilege(\(parameter), 'SET')"
        : "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    }
    return """
      SELECT (\(TimescaleVersion.installed)) AS version, n.nspname AS schema,
        current_setting('timescaledb.license', true) AS license, current_setting('server_encoding') AS encoding,
        pg_is_in_recovery() AS is_in_recovery, current_database() AS database, current_user AS role,
        coalesce(current_setting('timescaledb.restoring', true), 'off') = 'on' AS is_restoring,
        \(maySet("timescaledb.restoring")) AS may_bypass_extension,
        \(maySet("session_replication_role")) AS may_disable_triggers,
        \(CompressionSizes.isWritable) AS may_record_sizes, (\(defaultCollation(server))) AS default_collation
      FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
      WHERE e.extname = 'timescaledb'
      """
  }
}
