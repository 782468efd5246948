public import Postgres
internal import TimescaleDB

/// A chunk that is copied by several tasks, each a part of its time. What is taken away from it while they load is written
/// down with the queue (`DeferredObject`), so that the last part to finish can restore it, whichever worker and run that
/// is in.
public enum Split {
  /// Whether the queue is one in which chunks may be split.
  ///
  /// - Throws: `PostgresError`.
  public static func exists(on target: borrowing Connection) throws(PostgresError) -> Bool {
    try target.query(
      "SELECT to_regclass('__backfill.deferred') IS NOT NULL AS is_there",
      doing: "looking for unfinished chunks"
    ) { row throws(PostgresError) in try row.flag("is_there") }.first ?? false
  }

  /// Writes down that the chunk goes without something; to be sent before that is taken away. For indexes there is
  /// `deferIndexes`.
  public static func `defer`(
    _ kind: DeferredObject.Kind, by split: Int64, chunk: QualifiedName, hypertable: QualifiedName
  ) -> SQL {
    """
    INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
      chunk_oid, definition)
    VALUES (\(split), \(kind.rawValue), \(chunk.schema.name), \(chunk.name.name), \(hypertable.schema.name),
      \(hypertable.name.name), \(chunk.description)::regclass, \(kind.definition(of: chunk)))
    """
  }

  /// The same for all indexes that can be made again at the end; their names are the answer.
  public static func deferIndexes(
    by split: Int64, chunk: QualifiedName, hypertable: QualifiedName, time: Identifier
  ) -> SQL {
    """
    INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
      chunk_oid, index_name, tablespace, definition, parent_index_name, parent_index_oid)
    SELECT \(split), \(DeferredObject.Kind.index.rawValue), \(chunk.schema.name), \(chunk.name.name),
      \(hypertable.schema.name), \(hypertable.name.name), \(chunk.description)::regclass, i.index_name, i.tablespace,
      i.definition, i.parent_name, i.parent_oid
    FROM (\(SecondaryIndex.deferrable(of: chunk, hypertable: hypertable, time: time))) AS i
    RETURNING index_name
    """
  }

  /// Asks what the task has to do as the last part of its chunk. Waits for a lock first, for as long as another part
  /// takes to end: of two that end at once, the second sees the first's mark. Two answers, of which the second is for
  /// `DeferredObject`; it has no rows for any part but the last.
  public static func finishing(_ task: BackfillTask, _ part: BackfillTask.Part, extensionSchema: Identifier)
    -> SQL
  {
    """
    SET LOCAL lock_timeout = 0;
    SELECT FROM __backfill.split WHERE id = \(part.split) FOR UPDATE;
    \(DeferredObject.question(
      where: """
        d.split = \(part.split) AND NOT EXISTS (
          SELECT FROM __backfill.task AS t
          WHERE t.split = \(part.split) AND t.worked IS NULL AND t.priority <> \(task.priority))
        """,
      extensionSchema: extensionSchema))
    """
  }

  /// Forgets what was taken away, after all of it was restored.
  public static func forget(_ part: BackfillTask.Part) -> SQL {
    "DELETE FROM __backfill.deferred WHERE split = \(part.split);"
  }
}
