public import Postgres
internal import TimescaleDB

/// A chunk that is copied by several tasks, each a part of its time. What is put off while they load is written down
/// with the queue, so that the last part to finish can do it, whichever worker and run that is in.
public enum Split {
  /// What a chunk goes without while its parts are loaded.
  public enum Deferred: String, Sendable {
    /// A secondary index; made again as the hypertable's is.
    case index
    /// The continuous aggregates' invalidation trigger (to 2.22).
    case trigger
    /// The chunk was compressed, and will be again.
    case compression
    case freezing
  }

  /// Writes down that something of the chunk is put off. The indexes are told in the answer, by name.
  public static func put(
    off deferred: Deferred, by split: Int64, chunk: QualifiedName, hypertable: QualifiedName
  ) -> SQL {
    """
    INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name)
    VALUES (\(split), \(deferred.rawValue), \(chunk.schema.name), \(chunk.name.name), \(hypertable.schema.name),
      \(hypertable.name.name))
    """
  }

  /// The same for all indexes that can be put off; their names are the answer.
  public static func putOffIndexes(
    by split: Int64, chunk: QualifiedName, hypertable: QualifiedName, time: Identifier
  ) -> SQL {
    """
    INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
      index_name, tablespace, parent_index_name)
    SELECT \(split), \(Deferred.index.rawValue), \(chunk.schema.name), \(chunk.name.name),
      \(hypertable.schema.name), \(hypertable.name.name), i.index_name, i.tablespace, i.parent_name
    FROM (\(SecondaryIndex.deferrable(of: chunk, hypertable: hypertable, time: time))) AS i
    RETURNING index_name
    """
  }

  /// Asks what the task has to do as the last part of its chunk. Takes a lock first, under which parts end one after
  /// the other: of two that end at once, the second sees the first's mark. Two answers, of which the second is for
  /// `restoration`; it has no rows for any part but the last.
  public static func finishing(_ task: BackfillTask, _ part: BackfillTask.Part, extensionSchema: Identifier)
    -> SQL
  {
    """
    SELECT FROM __backfill.split WHERE id = \(part.split) FOR UPDATE;
    \(statements(extensionSchema)) AND d.split = \(part.split) AND NOT EXISTS (
      SELECT FROM __backfill.task AS t
      WHERE t.split = \(part.split) AND t.worked IS NULL AND t.priority <> \(task.priority))
    \(order)
    """
  }

  /// The same for everything that is put off, whether all parts are copied or not.
  public static func unfinished(extensionSchema: Identifier) -> SQL {
    "\(statements(extensionSchema)) \(order)"
  }

  /// Reads an answer: the statements that put everything back, in their order.
  ///
  /// - Throws: `PostgresError`.
  public static func restoration(_ row: Row) throws(PostgresError) -> SQL {
    SQL(fromServer: try row.text(0))
  }

  /// Forgets what was put off.
  public static func forget(_ part: BackfillTask.Part) -> SQL {
    "DELETE FROM __backfill.deferred WHERE split = \(part.split);"
  }

  /// How many chunks go without something until their other parts are copied.
  ///
  /// - Throws: `PostgresError`.
  public static func unfinishedChunks(on target: borrowing Connection) throws(PostgresError)
    -> [QualifiedName]
  {
    try target.query(
      "SELECT DISTINCT chunk_schema, chunk_name FROM __backfill.deferred ORDER BY 1, 2",
      doing: "looking for unfinished chunks"
    ) { row throws(PostgresError) in try row.name(0) }
  }

  /// Indexes first, as a compressed chunk has none to build; the trigger behind what would fire it.
  private static let order: SQL = """
    ORDER BY array_position(ARRAY['index', 'compression', 'trigger', 'freezing'], d.kind), d.index_name
    """

  /// The statements, made by the server from its own catalog: of the queue's text only names are used, each quoted. What
  /// is there already, or belonged to a chunk that is gone, needs none.
  private static func statements(_ extensionSchema: Identifier) -> SQL {
    """
    SELECT s.statement
    FROM __backfill.deferred AS d
    JOIN pg_namespace AS cn ON cn.nspname = d.chunk_schema
    JOIN pg_class AS c ON c.relnamespace = cn.oid AND c.relname = d.chunk_name
    JOIN pg_namespace AS hn ON hn.nspname = d.hypertable_schema
    JOIN pg_class AS h ON h.relnamespace = hn.oid AND h.relname = d.hypertable_name
    CROSS JOIN LATERAL (SELECT CASE d.kind
      WHEN 'index' THEN (
        SELECT format('SELECT set_config(''default_tablespace'', %L, true); ', coalesce(d.tablespace, ''))
          || \(SecondaryIndex.making("d.index_name", on: (schema: "d.chunk_schema", name: "d.chunk_name"), asParent: "pi.oid"))
        FROM pg_class AS pi
        WHERE pi.relnamespace = hn.oid AND pi.relname = d.parent_index_name
          AND NOT EXISTS (SELECT FROM pg_class AS own WHERE own.relnamespace = cn.oid AND own.relname = d.index_name))
      WHEN 'compression' THEN format('SELECT %I.compress_chunk(%L::regclass, true)', \(extensionSchema.name), format('%I.%I', d.chunk_schema, d.chunk_name))
      WHEN 'trigger' THEN (
        SELECT format('CREATE TRIGGER ts_cagg_invalidation_trigger AFTER INSERT OR DELETE OR UPDATE ON %I.%I %s',
          d.chunk_schema, d.chunk_name, substr(t.definition, strpos(t.definition, 'FOR EACH ROW')))
        FROM (SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
          WHERE tgrelid = h.oid AND tgname = 'ts_cagg_invalidation_trigger') AS t
        WHERE NOT EXISTS (SELECT FROM pg_trigger AS own
          WHERE own.tgrelid = c.oid AND own.tgname = 'ts_cagg_invalidation_trigger'))
      WHEN 'freezing' THEN format('SELECT _timescaledb_functions.freeze_chunk(%L::regclass)', format('%I.%I', d.chunk_schema, d.chunk_name))
      END AS statement) AS s
    WHERE s.statement IS NOT NULL
    """
  }
}
