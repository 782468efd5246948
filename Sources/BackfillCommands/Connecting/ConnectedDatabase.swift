import ChunkCatalog
public import Postgres
import TimescaleDB

/// One of the databases that a command is connected to, for telling from where to where it works.
public struct ConnectedDatabase: Sendable {
  public var side: Side
  /// `host:port`, or a Unix socket's directory with the port.
  public var address: String
  public var database: String
  public var user: String
  /// Such as "18.1".
  public var postgresVersion: String
  /// nil where the database has no TimescaleDB.
  public var timescaleVersion: String?

  public init(
    side: Side, address: String, database: String, user: String, postgresVersion: String,
    timescaleVersion: String?
  ) {
    self.side = side
    self.address = address
    self.database = database
    self.user = user
    self.postgresVersion = postgresVersion
    self.timescaleVersion = timescaleVersion
  }

  init(_ connection: borrowing Connection, _ installation: Installation) {
    self.init(
      side: connection.side, address: connection.address, database: installation.database,
      user: installation.user, postgresVersion: installation.server.description,
      timescaleVersion: installation.capabilities.version.description)
  }

  init(_ connection: borrowing Connection, _ shape: QueueShape) {
    self.init(
      side: connection.side, address: connection.address, database: shape.database, user: shape.role,
      postgresVersion: connection.server.description, timescaleVersion: shape.timescaleVersion)
  }

  /// Describes a database that need not have TimescaleDB.
  ///
  /// - Throws: `PostgresError`.
  static func find(on connection: borrowing Connection) throws(PostgresError) -> ConnectedDatabase? {
    if let installation = try Installation.find(on: connection) {
      return ConnectedDatabase(connection, installation)
    }
    let side = connection.side
    let address = connection.address
    let server = connection.server
    return try connection.query(
      "SELECT current_database() AS database, current_user AS role", doing: "identifying the database"
    ) { row throws(PostgresError) in
      ConnectedDatabase(
        side: side, address: address, database: try row.text("database"), user: try row.text("role"),
        postgresVersion: server.description, timescaleVersion: nil)
    }.first
  }
}

extension ConnectedDatabase {
  /// As the run history has it.
  var recorded: RecordedDatabase {
    RecordedDatabase(
      address: address, database: database, user: user, postgresVersion: postgresVersion,
      timescaleVersion: timescaleVersion)
  }
}
