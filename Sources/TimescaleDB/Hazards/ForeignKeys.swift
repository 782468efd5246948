public import Postgres

/// Foreign keys that may refuse what copying does, as phrases.
public enum ForeignKeys {
  /// Those by which hypertables refer to other tables: they reject rows whose referenced rows are missing.
  ///
  /// - Throws: `PostgresError`.
  public static func from(
    _ hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    try all("conrelid", among: hypertables, on: connection)
  }

  /// Those of other tables that refer to hypertables' rows, which may be replaced.
  ///
  /// - Throws: `PostgresError`.
  public static func to(
    _ hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    try all("confrelid", among: hypertables, on: connection)
  }

  /// - Parameter end: the column that says which table refers (conrelid) or is referred to (confrelid).
  private static func all(
    _ end: SQL, among hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(PostgresError) -> [String] {
    guard !hypertables.isEmpty else { return [] }
    let relations = hypertables.map { "\($0.name.description)::regclass" as SQL }.joined(separator: ", ")
    return try connection.query(
      """
      SELECT format('%I of %s refers to %s', c.conname, c.conrelid::regclass, c.confrelid::regclass) AS phrase
      FROM pg_constraint AS c
      WHERE c.\(end) IN (\(relations)) AND c.contype = 'f'
      ORDER BY phrase
      """, doing: "listing foreign keys"
    ) { row throws(PostgresError) in try row.text("phrase") }
  }
}
