public import Postgres

/// A publication that publishes deletes of a relation which has no replica identity: the server then refuses every DELETE
/// there, one of no rows too.
public struct PublishedDeletes: Sendable, Hashable {
  public let publication: Identifier
  public let hypertable: QualifiedName

  /// - Parameter relations: a query whose columns are OIDs: `hypertable`; `relation`, which has the identity; `listed`,
  ///   which a publication may name; `schema`, whose tables it may cover. Not gone through where no deletes are published.
  /// - Throws: `PostgresError`.
  public static func all(
    among relations: SQL, connection: borrowing Connection
  ) throws(PostgresError) -> [PublishedDeletes] {
    let schemas: SQL =
      connection.server.publishesSchemas
      ? "OR EXISTS (SELECT FROM pg_publication_namespace AS s WHERE s.pnpubid = p.oid AND s.pnnspid = w.schema)"
      : ""
    // Materialized: planning joins of both takes the server longer than all else, mostly for no publication at all.
    return try connection.query(
      """
      WITH w AS MATERIALIZED (\(relations))
      SELECT DISTINCT p.pubname, n.nspname, h.relname
      FROM w
      JOIN pg_class AS r ON r.oid = w.relation
      JOIN pg_class AS h ON h.oid = w.hypertable
      JOIN pg_namespace AS n ON n.oid = h.relnamespace
      JOIN pg_publication AS p ON p.pubdelete AND (
        p.puballtables
        OR EXISTS (SELECT FROM pg_publication_rel AS l WHERE l.prpubid = p.oid AND l.prrelid = w.listed)
        \(schemas))
      WHERE EXISTS (SELECT FROM pg_publication WHERE pubdelete) AND NOT \(hasReplicaIdentity)
      ORDER BY p.pubname, n.nspname, h.relname
      """, doing: "looking for publications"
    ) { row throws(PostgresError) in
      PublishedDeletes(
        publication: Identifier(try row.text("pubname")), hypertable: try row.name("nspname", "relname"))
    }
  }

  /// Whether updates and deletes in the relation that is called r can be published.
  public static let hasReplicaIdentity: SQL = """
    (r.relreplident = 'f' OR EXISTS (
      SELECT FROM pg_index AS x
      WHERE x.indrelid = r.oid AND x.indisvalid AND x.indimmediate
        AND CASE r.relreplident WHEN 'd' THEN x.indisprimary WHEN 'i' THEN x.indisreplident END))
    """

  /// The chunks of hypertables, and in their place those that staging will make: they will have their hypertable's
  /// identity, and belong to the publications of all tables or of the chunks' schema.
  public static func relations(of hypertables: [Hypertable]) -> SQL {
    let ids = hypertables.map { "\($0.id)" as SQL }.joined(separator: ", ")
    return """
      WITH h AS (
        SELECT r.oid, t.associated_schema_name
        FROM _timescaledb_catalog.hypertable AS t
        JOIN pg_namespace AS n ON n.nspname = t.schema_name
        JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = t.table_name
        WHERE t.id IN (\(ids))
      )
      SELECT h.oid AS hypertable, r.oid AS relation, r.oid AS listed, r.relnamespace AS schema
      FROM h JOIN pg_inherits AS i ON i.inhparent = h.oid
      JOIN pg_class AS r ON r.oid = i.inhrelid AND r.relkind = 'r'
      UNION ALL
      SELECT h.oid, h.oid, NULL, n.oid
      FROM h JOIN pg_namespace AS n ON n.nspname = h.associated_schema_name
      """
  }
}
