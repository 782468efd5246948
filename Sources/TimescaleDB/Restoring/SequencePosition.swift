public import Postgres

/// Where a sequence is, exactly.
public struct SequencePosition: Sendable, Equatable {
  public var name: QualifiedName
  public var address: ObjectAddress
  public var lastValue: Int64
  /// The number was handed out; otherwise it is the next one.
  public var isCalled: Bool

  /// Those of all sequences of a person's own.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [SequencePosition] {
    let operation = "looking at sequences"
    let names = try connection.query(
      """
      SELECT 'pg_class'::regclass::oid::bigint AS catalog, c.oid::bigint AS object, n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind = 'S' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '__backfill')
        AND \(TimescaleSchemas.isOther("n.nspname")) AND NOT \(ExtensionMember.isOne("pg_class", "c.oid"))
      ORDER BY 3, 4
      """, doing: operation
    ) { row throws(PostgresError) in
      (
        name: try row.name("nspname", "relname"),
        address: ObjectAddress(catalog: try row.integer("catalog"), object: try row.integer("object"))
      )
    }
    var positions: [SequencePosition] = []
    for (name, address) in names {
      positions += try connection.query("SELECT last_value, is_called FROM \(name)", doing: operation) {
        row throws(PostgresError) in
        SequencePosition(
          name: name, address: address, lastValue: try row.integer("last_value"),
          isCalled: try row.flag("is_called"))
      }
    }
    return positions
  }

  public var setting: SQL {
    "SELECT FROM pg_catalog.setval(\(name.description), \(lastValue), \(isCalled));\n"
  }
}
