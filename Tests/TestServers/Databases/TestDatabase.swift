/// A database of one test, owned by the ordinary user `app`.
public struct TestDatabase: Sendable {
  public let cluster: TestCluster
  public let name: String
  /// The schema that holds TimescaleDB's functions.
  public let extensionSchema: String

  /// A URI, as `app`.
  public var connectionString: String { cluster.connectionString(database: name) }
  /// A keyword/value string, as `app`.
  public var keywordString: String { cluster.keywordString(database: name) }
  /// A URI, as superuser.
  public var superuserConnectionString: String {
    cluster.superuserConnectionString(database: name)
  }

  /// In SQL: the locks in the database that the statement runs in, as a table for FROM. Others on the server have the
  /// same relations' OIDs, being copies of one template, and the same keys of advisory locks.
  public static let locks = """
    (SELECT * FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks
    """

  /// A connection to keep, as `app`.
  public func session(limit: Duration = .seconds(120)) throws -> SQLSession {
    try SQLSession(connectionString: connectionString, limit: limit)
  }

  /// Runs one or several statements as `app`, in a session of which nothing is left for the next.
  public func execute(_ sql: String) throws {
    try cluster.lend(connectionString) { try $0.execute(sql) }
  }

  /// Runs statements as `app`, in a session of which nothing is left for the next.
  ///
  /// - Returns: the rows of the last, as text; NULL is nil.
  public func query(_ sql: String) throws -> [[String?]] {
    try cluster.lend(connectionString) { try $0.query(sql) }
  }

  /// The first column of the first row of a query; nil when that is NULL or there is no row.
  public func value(_ sql: String) throws -> String? {
    try query(sql).first?.first ?? nil
  }

  /// Runs one or several statements as superuser.
  public func executeAsSuperuser(_ sql: String) throws {
    try cluster.lend(superuserConnectionString) { try $0.execute(sql) }
  }

  /// Gives `TestCluster.privilegedUser` what can be given in this database.
  ///
  /// - Returns: a URI as that user.
  public func grantPrivileges() throws -> String {
    try executeAsSuperuser(
      """
      GRANT UPDATE ON _timescaledb_catalog.compression_chunk_size TO \(TestCluster.privilegedUser);
      GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.privilegedUser)
      """)
    return cluster.connectionString(database: name, user: TestCluster.privilegedUser)
  }

  /// Removes the database and cuts off whoever is connected to it. Not necessary: no database outlives its test, and
  /// no server the tests. For those that make many or large ones.
  public func drop() throws {
    try cluster.executeAsSuperuser(
      "DROP DATABASE IF EXISTS \(quotedIdentifier(name)) WITH (FORCE)")
  }
}

extension TestCluster {
  /// Creates a database.
  ///
  /// - Parameters:
  ///   - version: the TimescaleDB version, of those that the cluster's installation offers.
  ///   - name: the exact name; one that tells nothing, and is taken by no other, by default.
  ///   - setup: SQL to run in it as `app`.
  public func makeDatabase(
    version: TimescaleVersion, name: String? = nil, options: DatabaseOptions = .init(),
    setup: String = ""
  ) async throws -> TestDatabase {
    let template = try await templates.template(
      of: options.hasTimescale ? version : nil, options: options, on: self)
    let unique = await templates.uniqueName("test")
    let database = TestDatabase(
      cluster: self, name: name ?? unique, extensionSchema: options.extensionSchema)
    try lend(superuserConnectionString(database: "postgres")) { session in
      try session.copyDatabase(template, to: database.name)
      CaseDatabases.note(database)
      for (setting, value) in options.settings.sorted(by: { $0.key < $1.key }) {
        try session.execute(
          "ALTER DATABASE \(quotedIdentifier(database.name)) SET \(setting) = \(quotedLiteral(value))")
      }
    }
    if !setup.isEmpty { try database.execute(setup) }
    return database
  }
}

extension TestDatabase {
  /// A database on the newest server without TimescaleDB, for what is PostgreSQL's own.
  ///
  /// - Throws: `HarnessError` when there is no server.
  public static func plain(
    _ options: DatabaseOptions = DatabaseOptions(), on servers: Servers = TestServer.one, setup: String = ""
  ) async throws -> TestDatabase {
    let server = try servers.newest()
    var options = options
    options.hasTimescale = false
    return try await server.makeDatabase(options: options, setup: setup)
  }
}
