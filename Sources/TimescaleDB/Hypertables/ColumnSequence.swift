public import Postgres

/// A sequence that a column takes its values from: a serial or identity column's, or one that its default names.
public struct ColumnSequence: Sendable, Equatable {
  public let relation: QualifiedName
  public let column: Identifier
  public let sequence: QualifiedName
  public let increment: Int64
  /// The last value handed out, or the one before the first; nil when the role may not know.
  public let position: Int64?

  public init(
    relation: QualifiedName, column: Identifier, sequence: QualifiedName, increment: Int64, position: Int64?
  ) {
    self.relation = relation
    self.column = column
    self.sequence = sequence
    self.increment = increment
    self.position = position
  }

  /// Whether it would hand out what was handed out before `value`, or `value` itself.
  public func isBehind(_ value: Int64) -> Bool? {
    position.map { increment > 0 ? $0 < value : $0 > value }
  }

  /// Those of relations, without sequences that begin again at their end.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of relations: [QualifiedName], on connection: borrowing Connection
  ) throws(PostgresError) -> [ColumnSequence] {
    guard !relations.isEmpty else { return [] }
    let names = relations.map { "(\($0.schema.name), \($0.name.name))" as SQL }.joined(separator: ", ")
    return try connection.query(
      """
      WITH relation AS (
        SELECT r.oid, n.nspname, r.relname FROM pg_class AS r JOIN pg_namespace AS n ON n.oid = r.relnamespace
        WHERE (n.nspname, r.relname) IN (\(names))
      ), used AS (
        SELECT d.refobjid AS relation, d.refobjsubid::int2 AS number, d.objid AS sequence
        FROM pg_depend AS d JOIN relation ON relation.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
        UNION
        SELECT e.adrelid, e.adnum, d.refobjid
        FROM pg_attrdef AS e JOIN relation ON relation.oid = e.adrelid
        JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> e.adrelid
      )
      SELECT relation.nspname, relation.relname, a.attname,
        sn.nspname AS sequence_schema, s.relname AS sequence_name, q.seqincrement,
        CASE WHEN has_sequence_privilege(s.oid, 'SELECT, USAGE')
          THEN coalesce(pg_sequence_last_value(s.oid)::numeric, q.seqstart::numeric - q.seqincrement) END AS position
      FROM used
      JOIN relation ON relation.oid = used.relation
      JOIN pg_attribute AS a ON a.attrelid = used.relation AND a.attnum = used.number
      JOIN pg_class AS s ON s.oid = used.sequence AND s.relkind = 'S'
      JOIN pg_namespace AS sn ON sn.oid = s.relnamespace
      JOIN pg_sequence AS q ON q.seqrelid = s.oid AND NOT q.seqcycle
      ORDER BY relation.nspname, relation.relname, a.attname
      """, doing: "looking at sequences"
    ) { row throws(PostgresError) in
      ColumnSequence(
        relation: try row.name("nspname", "relname"), column: Identifier(try row.text("attname")),
        sequence: try row.name("sequence_schema", "sequence_name"),
        increment: try row.integer("seqincrement"), position: try row.optionalInteger("position"))
    }
  }
}
