public import Postgres

/// What has to be known of a database whose schema is dumped.
public struct DumpedDatabase: Sendable {
  /// Patterns, as pg_dump takes them, of tables whose rows stay behind: chunks, and what else is TimescaleDB's and not in
  /// its catalog.
  public var chunkPatterns: [String]
  /// The same for all ordinary tables and their sequences.
  public var ordinaryPatterns: [String]
  /// Besides TimescaleDB and what every database has.
  public var extensions: [String]
  /// The roles that its objects belong to, or that have privileges on them.
  public var roles: [Identifier]
  /// The roles that hypertables and continuous aggregates belong to, but superusers.
  public var hypertableOwners: [Identifier]
  /// Those that something is in, besides the database's own.
  public var tablespaces: [Identifier]
  /// Relations that a restore makes, each of which it locks until its transaction ends.
  public var relations: Int64
  /// Of the role that installed the server (its OID is 10).
  public var bootstrapSuperuser: Identifier
  /// The session's role may read password hashes.
  public var mayReadPasswords: Bool

  /// - Throws: `PostgresError`.
  public static func describe(
    _ connection: borrowing Connection
  ) throws(PostgresError) -> DumpedDatabase {
    let found = try connection.query(question, doing: "describing the source") {
      row throws(PostgresError) in
      DumpedDatabase(
        chunkPatterns: try row.texts("chunk_patterns"), ordinaryPatterns: try row.texts("ordinary_patterns"),
        extensions: try row.texts("extensions"), roles: try row.texts("roles").map(Identifier.init),
        hypertableOwners: try row.texts("owners").map(Identifier.init),
        tablespaces: try row.texts("tablespaces").map(Identifier.init),
        relations: try row.integer("relations"),
        bootstrapSuperuser: Identifier(try row.text("bootstrap_superuser")),
        mayReadPasswords: try row.flag("may_read_passwords"))
    }
    guard let database = found.first else {
      throw PostgresError.unexpected("no row", connection.side, doing: "describing the source")
    }
    return database
  }

  /// A name in a pattern is quoted as in SQL (https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS).
  private static let question: SQL = """
    WITH space AS (
      SELECT n.oid, n.nspname FROM pg_namespace AS n
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND \(TimescaleSchemas.isOther("n.nspname"))
    ), hypertable AS (
      SELECT c.oid, c.relowner FROM _timescaledb_catalog.hypertable AS h
      JOIN pg_namespace AS n ON n.nspname = h.schema_name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.table_name
    ), chunk AS (
      SELECT i.inhrelid AS oid FROM hypertable AS h JOIN pg_inherits AS i ON i.inhparent = h.oid
    ), ours AS (
      SELECT c.oid, c.relkind, c.reltablespace FROM pg_class AS c
      WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND NOT \(ExtensionMember.isOne("pg_class", "c.oid"))
    )
    SELECT array_append(ARRAY(
        SELECT format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""'))
        FROM chunk JOIN pg_class AS c USING (oid) JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname <> \(TimescaleSchemas.chunks) ORDER BY 1),
      \(TimescaleSchemas.chunks) || '.*') AS chunk_patterns,
      ARRAY(SELECT format('"%s".*', replace(nspname, '"', '""')) FROM space ORDER BY 1) AS ordinary_patterns,
      ARRAY(SELECT extname::text FROM pg_extension WHERE extname <> 'timescaledb' ORDER BY 1) AS extensions,
      ARRAY(
        SELECT DISTINCT r.rolname::text FROM pg_shdepend AS d JOIN pg_roles AS r ON r.oid = d.refobjid
        WHERE d.refclassid = 'pg_authid'::regclass
          AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND r.rolname !~ '^pg_' ORDER BY 1) AS roles,
      ARRAY(
        SELECT DISTINCT r.rolname::text FROM hypertable AS h JOIN pg_roles AS r ON r.oid = h.relowner
        WHERE NOT r.rolsuper ORDER BY 1) AS owners,
      ARRAY(
        SELECT DISTINCT t.spcname::text FROM ours JOIN pg_tablespace AS t ON t.oid = ours.reltablespace ORDER BY 1
      ) AS tablespaces,
      (SELECT count(*) FROM ours) AS relations,
      (SELECT rolname FROM pg_roles WHERE oid = 10) AS bootstrap_superuser,
      has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS may_read_passwords
    """
}
