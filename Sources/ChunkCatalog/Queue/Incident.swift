import Postgres

/// That a task failed or differed once. The task itself forgets it when it is done after all; this is for people who look
/// back, and nothing that works on the queue reads it.
public enum Incident {
  public enum Kind: String, Sendable {
    case failed
    case differed
  }

  /// Names are kept beside the key, as staging again takes tasks out.
  static let table: SQL = """
    CREATE TABLE IF NOT EXISTS __backfill.incident (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      priority bigint NOT NULL,
      kind text NOT NULL,
      work text NOT NULL,
      run text NOT NULL,
      at timestamptz NOT NULL,
      chunk_schema text NOT NULL,
      chunk_name text NOT NULL,
      hypertable_schema text NOT NULL,
      hypertable_name text NOT NULL,
      message text NOT NULL
    );
    """

  /// Adds to a statement that marks a task, without an end, what is to be remembered of it. It is one statement, so there
  /// is no message more, and where no task is marked there is nothing to remember.
  ///
  /// - Parameter update: an UPDATE of `__backfill.task`.
  static func recording(_ kind: Kind, in run: String, _ update: SQL) -> SQL {
    let message: SQL = kind == .failed ? "last_error" : "verify_message"
    return """
      WITH marked AS (
        \(update) RETURNING *
      )
      INSERT INTO __backfill.incident (priority, kind, work, run, at, chunk_schema, chunk_name, hypertable_schema,
        hypertable_name, message)
      SELECT priority, \(kind.rawValue), CASE WHEN worked IS NULL THEN 'copy' ELSE 'verify' END, \(run),
        clock_timestamp(), chunk_schema, chunk_name, hypertable_schema, hypertable_name, coalesce(\(message), '')
      FROM marked;
      """
  }
}
