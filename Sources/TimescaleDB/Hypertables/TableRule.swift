public import Postgres

/// Something that a hypertable's rows have to obey, or are found by: a constraint, an index, how a column is generated or
/// sorted.
public struct TableRule: Sendable, Hashable {
  public enum Kind: String, Sendable {
    case check = "c"
    case primaryKey = "p"
    case unique = "u"
    case exclusion = "x"
    case foreignKey = "f"
    /// Of a column.
    case notNull = "n"
    /// A column's expression.
    case generated = "g"
    /// A column's collation.
    case collation = "k"
    /// An index that belongs to no constraint.
    case uniqueIndex = "v"
    case index = "i"

    /// It belongs to a column, and has its name.
    public var isOfColumn: Bool { [.notNull, .generated, .collation].contains(self) }
    public var isIndex: Bool { self == .index || self == .uniqueIndex }
  }

  public let kind: Kind
  /// The constraint's, index's or column's.
  public let name: Identifier
  /// What follows the name in the statement that makes it.
  public let definition: String

  public init(_ kind: Kind, _ name: Identifier, _ definition: String) {
    self.kind = kind
    self.name = name
    self.definition = definition
  }

  /// The statement that makes it; nil for what belongs to a column's definition.
  public func adding(to table: QualifiedName) -> SQL? {
    let definition = SQL(fromServer: definition)
    switch kind {
    case .check, .primaryKey, .unique, .exclusion, .foreignKey:
      return "ALTER TABLE \(table) ADD CONSTRAINT \(name) \(definition);"
    case .notNull: return "ALTER TABLE \(table) ALTER COLUMN \(name) SET NOT NULL;"
    case .uniqueIndex: return "CREATE UNIQUE INDEX \(name) ON \(table) \(definition);"
    case .index: return "CREATE INDEX \(name) ON \(table) \(definition);"
    case .generated, .collation: return nil
    }
  }

  /// The statement that takes it away.
  public func dropping(from table: QualifiedName) -> SQL? {
    switch kind {
    case .check, .primaryKey, .unique, .exclusion, .foreignKey:
      "ALTER TABLE \(table) DROP CONSTRAINT \(name);"
    case .notNull: "ALTER TABLE \(table) ALTER COLUMN \(name) DROP NOT NULL;"
    case .uniqueIndex, .index: "DROP INDEX \(QualifiedName(table.schema.name, name.name));"
    case .generated, .collation: nil
    }
  }

  /// Those of the given hypertables, by their ids.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: [Int64], on connection: borrowing Connection
  ) throws(PostgresError) -> [Int64: [TableRule]] {
    let ids = (hypertables.map { "\($0)" as SQL } + ["-1"]).joined(separator: ", ")
    let found = try connection.query(question(ids), doing: "listing constraints and indexes") {
      row throws(PostgresError) in
      (
        try row.integer("id"),
        TableRule(
          Kind(rawValue: try row.text("kind")) ?? .check, Identifier(try row.text("name")),
          try row.text("definition"))
      )
    }
    return Dictionary(grouping: found, by: \.0).mapValues { $0.map(\.1) }
  }

  private static func question(_ ids: SQL) -> SQL {
    """
    SELECT h.id, x.kind, x.name, x.definition
    FROM _timescaledb_catalog.hypertable AS h
    JOIN pg_namespace AS n ON n.nspname = h.schema_name
    JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = h.table_name
    CROSS JOIN LATERAL (
      SELECT c.contype::text AS kind, c.conname AS name, pg_get_constraintdef(c.oid) AS definition
      FROM pg_constraint AS c WHERE c.conrelid = r.oid AND c.contype IN ('c', 'p', 'u', 'x', 'f')
      UNION ALL
      SELECT 'n', a.attname, '' FROM pg_attribute AS a
      WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
      UNION ALL
      SELECT 'g', a.attname, pg_get_expr(d.adbin, d.adrelid)
      FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = r.oid AND a.attgenerated <> '' AND NOT a.attisdropped
      UNION ALL
      SELECT 'k', a.attname, format('%I.%I', cn.nspname, c.collname)
      FROM pg_attribute AS a JOIN pg_collation AS c ON c.oid = a.attcollation
      JOIN pg_namespace AS cn ON cn.oid = c.collnamespace
      WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT CASE WHEN x.indisunique THEN 'v' ELSE 'i' END, i.relname, \(SecondaryIndex.body(of: "x.indexrelid"))
      FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
      WHERE x.indrelid = r.oid AND x.indisvalid
        AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = x.indexrelid)
    ) AS x
    WHERE h.id IN (\(ids)) AND x.definition IS NOT NULL
    ORDER BY h.id, x.kind, x.name
    """
  }
}
