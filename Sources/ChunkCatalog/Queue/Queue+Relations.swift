public import Postgres

extension Queue {
  /// A query for what uncopied tasks write to, as OIDs: `hypertable`, `relation` (its chunk, or the hypertable itself
  /// where rows go in through it), and the same once more as `listed` with its `schema`, as publications name them.
  /// Names are compared as they are, as only then the catalog's indexes serve.
  public static let writtenRelations: SQL = """
    SELECT h.oid AS hypertable, r.oid AS relation, r.oid AS listed, r.relnamespace AS schema
    FROM (
      SELECT DISTINCT \(BackfillTask.targetSchema("t")) AS hypertable_schema,
        \(BackfillTask.targetName("t")) AS hypertable_name,
        t.target_chunk_schema AS chunk_schema, t.target_chunk_name AS chunk_name
      FROM __backfill.task AS t WHERE t.worked IS NULL
    ) AS t
    JOIN pg_namespace AS hn ON hn.nspname = t.hypertable_schema
    JOIN pg_class AS h ON h.relnamespace = hn.oid AND h.relname = t.hypertable_name
    JOIN pg_namespace AS rn ON rn.nspname = coalesce(t.chunk_schema, t.hypertable_schema)
    JOIN pg_class AS r ON r.relnamespace = rn.oid AND r.relname = coalesce(t.chunk_name, t.hypertable_name)
    """
}
