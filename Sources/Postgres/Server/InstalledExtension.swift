/// An extension of a database.
public struct InstalledExtension: Sendable, Hashable {
  public let name: Identifier
  public let version: String
  /// Where its objects are.
  public let schema: Identifier

  public init(name: Identifier, version: String, schema: Identifier) {
    self.name = name
    self.version = version
    self.schema = schema
  }

  /// - Throws: `PostgresError`.
  public static func all(on connection: borrowing Connection) throws(PostgresError) -> [InstalledExtension] {
    try connection.query(
      """
      SELECT e.extname, e.extversion, n.nspname FROM pg_extension AS e
      JOIN pg_namespace AS n ON n.oid = e.extnamespace ORDER BY e.extname
      """, doing: "listing extensions"
    ) { row throws(PostgresError) in
      InstalledExtension(
        name: Identifier(try row.text("extname")), version: try row.text("extversion"),
        schema: Identifier(try row.text("nspname")))
    }
  }

  /// The versions that could be made, of those that are wanted.
  ///
  /// - Throws: `PostgresError`.
  public static func available(
    _ names: [Identifier], on connection: borrowing Connection
  ) throws(PostgresError) -> [Identifier: Set<String>] {
    let list = (names.map { "\($0.name)" as SQL } + ["''"]).joined(separator: ", ")
    let found = try connection.query(
      "SELECT name, version FROM pg_available_extension_versions WHERE name IN (\(list))",
      doing: "listing extensions"
    ) { row throws(PostgresError) in (Identifier(try row.text("name")), try row.text("version")) }
    return Dictionary(grouping: found, by: \.0).mapValues { Set($0.map(\.1)) }
  }
}
