public import Postgres

/// Something in a database that a dump makes: a person's own, neither TimescaleDB's nor another extension's.
public struct SchemaObject: Sendable, Hashable, Comparable, CustomStringConvertible {
  public enum Kind: String, Sendable, Comparable, CaseIterable {
    case schema
    case table
    case view
    case materializedView = "materialized view"
    case foreignTable = "foreign table"
    case sequence
    case type
    case function
    case index
    case constraint
    case trigger

    /// Whether its name is in nobody's way: it goes with its table.
    public var belongsToTable: Bool { [.index, .constraint, .trigger].contains(self) }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
  }

  public var kind: Kind
  /// As the server quotes it, with its schema; of a function with the types of its arguments.
  public var name: String

  public init(kind: Kind, name: String) {
    self.kind = kind
    self.name = name
  }

  public var description: String { "\(kind.rawValue) \(name)" }

  public static func < (left: SchemaObject, right: SchemaObject) -> Bool {
    (left.kind, left.name) < (right.kind, right.name)
  }

  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> Set<SchemaObject> {
    let side = connection.side
    let operation = "listing the database's objects"
    let found = try connection.query(question, doing: operation) { row throws(PostgresError) in
      let kind = try row.text("kind")
      guard let known = Kind(rawValue: kind) else {
        throw PostgresError.unexpected("the kind is \"\(kind)\"", side, doing: operation)
      }
      return SchemaObject(kind: known, name: try row.text("name"))
    }
    return Set(found)
  }

  /// What an extension made goes with the extension. Whatever is of a table is named with it.
  private static let question: SQL = """
    WITH space AS (
      SELECT n.oid, n.nspname FROM pg_namespace AS n
      WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '__backfill')
        AND \(TimescaleSchemas.isOther("n.nspname"))
        AND NOT \(ExtensionMember.isOne("pg_namespace", "n.oid"))
    ), relation AS (
      SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class AS c JOIN space AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND c.relpersistence <> 't'
        AND NOT \(ExtensionMember.isOne("pg_class", "c.oid"))
    )
    SELECT 'schema' AS kind, format('%I', nspname) AS name FROM space WHERE nspname <> 'public'
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
      WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END, name
    FROM relation
    UNION ALL
    SELECT 'constraint', format('%I of %s', o.conname, r.name)
    FROM pg_constraint AS o JOIN relation AS r ON r.oid = o.conrelid
    -- Those of chunks that foreign keys refer to are many, and TimescaleDB's own. NOT NULL (18) goes with the table.
    WHERE o.contype <> 'n' AND o.conparentid = 0
    UNION ALL
    SELECT 'trigger', format('%I of %s', t.tgname, r.name)
    FROM pg_trigger AS t JOIN relation AS r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc AS p JOIN space AS n ON n.oid = p.pronamespace WHERE NOT \(ExtensionMember.isOne("pg_proc", "p.oid"))
    UNION ALL
    SELECT 'type', format('%I.%I', n.nspname, t.typname)
    FROM pg_type AS t JOIN space AS n ON n.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c') AND NOT \(ExtensionMember.isOne("pg_type", "t.oid"))
    """
}
