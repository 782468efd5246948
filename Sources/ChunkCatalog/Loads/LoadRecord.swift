public import Postgres

/// What `load` remembers on the target: a load (`__backfill.load`), its inputs (`load_input`), each batch of records
/// that is in (`load_batch`), and the records that were refused (`load_reject`). The tables are there without a queue
/// too, and go with the schema. A batch's mark commits in the transaction that has its rows (`LoadTransaction`).
public enum LoadRecord {
  static let tables = ["load", "load_input", "load_batch", "load_reject"]

  /// "load" in hexadecimal: the first half of the key of the lock that a load's run holds.
  private static let key: Int64 = 0x6c6f_6164

  /// Makes the tables, and the schema, where they are missing, one run after the other, and keeps others from
  /// changing what they are until the transaction ends. For a transaction that has looked at whose the schema is.
  public static let opening: SQL = """
    SELECT pg_advisory_xact_lock(\(key)::integer, 0);
    CREATE SCHEMA IF NOT EXISTS __backfill;
    CREATE TABLE IF NOT EXISTS __backfill.load (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      table_schema text NOT NULL,
      table_name text NOT NULL,
      table_oid oid NOT NULL,
      options text[] NOT NULL,
      run text NOT NULL,
      began timestamptz NOT NULL,
      replaced timestamptz,
      replaced_rows bigint,
      ended timestamptz
    );
    CREATE TABLE IF NOT EXISTS __backfill.load_input (
      load bigint NOT NULL,
      number integer NOT NULL,
      path text NOT NULL,
      size bigint,
      modified bigint,
      head text,
      tail text,
      PRIMARY KEY (load, number)
    );
    CREATE TABLE IF NOT EXISTS __backfill.load_batch (
      load bigint NOT NULL,
      input integer NOT NULL,
      first_byte bigint NOT NULL,
      end_byte bigint NOT NULL,
      first_line bigint NOT NULL,
      lines bigint NOT NULL,
      records bigint NOT NULL,
      rows bigint,
      left_out bigint,
      rejected bigint,
      passed_over bigint,
      at timestamptz NOT NULL,
      PRIMARY KEY (load, input, first_byte)
    );
    CREATE TABLE IF NOT EXISTS __backfill.load_reject (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      load bigint NOT NULL,
      input integer NOT NULL,
      line bigint NOT NULL,
      column_name text,
      sqlstate text,
      message text NOT NULL,
      record bytea NOT NULL
    );
    \(locking)
    """

  /// Others write to them meanwhile, but nobody changes what they are.
  private static let locking: SQL = """
    LOCK TABLE ONLY __backfill.load, ONLY __backfill.load_input, ONLY __backfill.load_batch,
      ONLY __backfill.load_reject IN ROW EXCLUSIVE MODE;
    \(QueueTrust.guarding)
    """

  /// How many loads of files are recorded, and how many of them were begun and not ended: their rows would be loaded
  /// twice if it were forgotten what is in.
  ///
  /// - Throws: `PostgresError`.
  public static func counts(
    on target: borrowing Connection
  ) throws(PostgresError) -> (all: Int, unfinished: Int) {
    let operation = "looking for loads"
    let isThere = try target.queryRow(
      "SELECT \(QueueTrust.isThere("load")) AND \(QueueTrust.isThere("load_batch")) AS is_there",
      doing: operation
    ) { row throws(PostgresError) in try row.flag("is_there") }
    guard isThere else { return (0, 0) }
    return try target.queryRow(
      """
      SELECT count(*) AS loads, count(*) FILTER (WHERE ended IS NULL
        AND EXISTS (SELECT FROM __backfill.load_input AS i WHERE i.load = l.id AND i.size IS NOT NULL)
        AND EXISTS (SELECT FROM __backfill.load_batch AS b WHERE b.load = l.id)) AS unfinished
      FROM ONLY __backfill.load AS l
      """, doing: operation
    ) { row throws(PostgresError) in (Int(try row.integer("loads")), Int(try row.integer("unfinished"))) }
  }

  /// Takes a load for this session, until that ends.
  ///
  /// - Returns: false where another session has it.
  /// - Throws: `PostgresError`.
  public static func take(_ load: Int64, on target: borrowing Connection) throws(PostgresError) -> Bool {
    try target.queryRow(
      "SELECT pg_try_advisory_lock(\(key)::integer, \(load)::integer) AS is_taken", doing: "locking the load"
    ) { row throws(PostgresError) in try row.flag("is_taken") }
  }
}
