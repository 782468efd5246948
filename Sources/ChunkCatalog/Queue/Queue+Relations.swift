public import Postgres

extension Queue {
  /// A query for what uncopied tasks write to, as OIDs: `hypertable`, `relation` (its chunk, or the hypertable itself
  /// where rows go in through it), and the same once more as `listed` with its `schema`, as publications name them.
  public static let writtenRelations: SQL = """
    SELECT h.oid AS hypertable, r.oid AS relation, r.oid AS listed, r.relnamespace AS schema
    FROM (
      SELECT DISTINCT coalesce(t.target_hypertable_schema, t.hypertable_schema) AS hypertable_schema,
        coalesce(t.target_hypertable_name, t.hypertable_name) AS hypertable_name,
        t.target_chunk_schema AS chunk_schema, t.target_chunk_name AS chunk_name
      FROM __backfill.task AS t WHERE t.worked IS NULL
    ) AS t
    JOIN pg_namespace AS hn ON hn.nspname::text = t.hypertable_schema
    JOIN pg_class AS h ON h.relnamespace = hn.oid AND h.relname::text = t.hypertable_name
    JOIN pg_namespace AS rn ON rn.nspname::text = coalesce(t.chunk_schema, t.hypertable_schema)
    JOIN pg_class AS r ON r.relnamespace = rn.oid AND r.relname::text = coalesce(t.chunk_name, t.hypertable_name)
    """
}
