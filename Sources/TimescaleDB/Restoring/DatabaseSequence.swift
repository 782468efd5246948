public import Postgres

/// A sequence of a person's own, with the last number that it handed out.
public struct DatabaseSequence: Sendable, Equatable {
  public var name: QualifiedName
  public var lastValue: Int64
  public var increment: Int64

  public init(name: QualifiedName, lastValue: Int64, increment: Int64) {
    self.name = name
    self.lastValue = lastValue
    self.increment = increment
  }

  /// Those that have handed out a number, by name.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [DatabaseSequence] {
    try connection.query(
      """
      SELECT schemaname, sequencename, last_value, increment_by FROM pg_sequences
      WHERE last_value IS NOT NULL AND schemaname <> '__backfill' AND \(TimescaleSchemas.isOther("schemaname"))
      ORDER BY schemaname, sequencename
      """, doing: "looking at sequences"
    ) { row throws(PostgresError) in
      DatabaseSequence(
        name: try row.name("schemaname", "sequencename"), lastValue: try row.integer("last_value"),
        increment: try row.integer("increment_by"))
    }
  }

  /// Of all, whether they have handed out a number or not.
  ///
  /// - Throws: `PostgresError`.
  public static func names(on connection: borrowing Connection) throws(PostgresError) -> Set<QualifiedName> {
    let found = try connection.query(
      "SELECT schemaname, sequencename FROM pg_sequences", doing: "looking at sequences"
    ) { row throws(PostgresError) in try row.name("schemaname", "sequencename") }
    return Set(found)
  }

  /// Has it hand out only numbers that come after this one, and never earlier ones than it would have.
  public var advancing: SQL {
    let farther: SQL = increment > 0 ? "greatest" : "least"
    return "SELECT setval(\(name.description), \(farther)(\(lastValue), last_value)) FROM \(name)"
  }
}
