public import Postgres

/// The table `__backfill.job`, which is independent of the queue's.
public enum JobRecord {
  public static let name = "job"

  /// Makes it, and the schema, where it is missing, and keeps everybody else from it until the transaction ends. Looks at
  /// what it has locked once more before anything is written: until then its owner could have changed it.
  /// For a transaction that has looked at whose the schema is.
  public static let opening: SQL = """
    CREATE SCHEMA IF NOT EXISTS __backfill;
    CREATE TABLE IF NOT EXISTS __backfill.job (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      job_id bigint NOT NULL,
      procedure_schema text NOT NULL,
      procedure_name text NOT NULL,
      relation_schema text,
      relation_name text,
      config jsonb,
      owner text NOT NULL,
      schedule_interval interval NOT NULL,
      max_runtime interval NOT NULL,
      max_retries integer NOT NULL,
      retry_period interval NOT NULL,
      fixed_schedule boolean NOT NULL,
      initial_start timestamptz,
      timezone text,
      next_start timestamptz,
      turned_off timestamptz NOT NULL
    );
    \(locking)
    """

  /// The same for a table that is there.
  public static let locking = QueueTrust.locking(Identifier(name))

  /// - Throws: `PostgresError`.
  public static func exists(on target: borrowing Connection) throws(PostgresError) -> Bool {
    try target.query(
      "SELECT \(isThere) AS is_there", doing: "looking for the record of jobs"
    ) { row throws(PostgresError) in try row.flag("is_there") }.first ?? false
  }

  /// Whether it is there, as an expression.
  private static let isThere = QueueTrust.isThere(name)

  /// Whether the role may read it; also where it is missing.
  ///
  /// - Throws: `PostgresError`.
  public static func isReadable(on target: borrowing Connection) throws(PostgresError) -> Bool {
    try target.query(
      """
      SELECT NOT \(isThere) OR has_schema_privilege('__backfill', 'USAGE')
        AND has_table_privilege('__backfill.job', 'SELECT') AS is_readable
      """, doing: "looking for the record of jobs"
    ) { row throws(PostgresError) in try row.flag("is_readable") }.first ?? false
  }

  /// How many jobs are recorded as turned off; 0 where there is no table. For a transaction that has looked at whose it is.
  ///
  /// - Throws: `PostgresError`.
  public static func count(on target: borrowing Connection) throws(PostgresError) -> Int {
    guard try exists(on: target) else { return 0 }
    try target.send(counting, doing: "counting recorded jobs")
    let count = try answer(on: target) ?? 0
    try target.drain(doing: "counting recorded jobs")
    return count
  }

  /// The answer to `counting`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> Int? {
    try target.nextRows(doing: "counting recorded jobs") { row throws(PostgresError) in
      Int(try row.integer("jobs"))
    }.first
  }

  static let counting: SQL = "SELECT count(*) AS jobs FROM ONLY __backfill.job;"

  /// Removes the table where all jobs are on again, and the schema where nothing else is in it.
  ///
  /// - Throws: `PostgresError`.
  public static func drop(on target: borrowing Connection) throws(PostgresError) {
    let operation = "removing the record of jobs"
    try target.execute("DROP TABLE __backfill.job", doing: operation)
    let savepoint = Savepoint("schema")
    do throws(PostgresError) {
      try target.execute(
        savepoint.setting + "DROP SCHEMA __backfill RESTRICT;" + savepoint.release, doing: operation)
    } catch {
      guard [SQLState.dependentObjectsExist, SQLState.insufficientPrivilege].contains(error.sqlState) else {
        throw error
      }
      try target.execute(savepoint.undoing + savepoint.release, doing: operation)
    }
  }
}
