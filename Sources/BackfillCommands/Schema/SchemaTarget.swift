import Postgres
import TimescaleDB
import Waiting

/// The target as `schema` finds it: its database, or, where that isn't there yet, the server by its maintenance database.
struct SchemaTarget: ~Copyable {
  /// On the target's database, or on `postgres`.
  let session: Connection
  let database: Identifier
  let isThere: Bool
  /// nil where the database isn't there, or has no TimescaleDB.
  let installation: Installation?

  /// - Throws: `CommandFailure`.
  static func open(
    _ string: ConnectionString, mayBeMissing: Bool, interrupt: Interrupt
  ) throws(CommandFailure) -> SchemaTarget {
    func session(_ string: ConnectionString) throws(PostgresError) -> Connection {
      try Connection.open(
        string, side: .target, settings: .timescaleDB, purpose: MoveSchema.purpose, interrupt: interrupt)
    }
    do throws(PostgresError) {
      let session = try session(string)
      let installation = try Installation.find(on: session)
      let name = try session.query("SELECT current_database() AS name", doing: "identifying the database") {
        row throws(PostgresError) in try row.text("name")
      }
      return SchemaTarget(
        session: session, database: Identifier(name.first ?? ""), isThere: true, installation: installation)
    } catch {
      guard error.sqlState == SQLState.undefinedDatabase else { throw CommandFailure(error) }
    }
    guard let name = string["dbname"] else { throw .failed(.transfer(.targetDatabaseUnnamed)) }
    guard mayBeMissing else { throw .failed(.transfer(.targetDatabaseMissing(Identifier(name)))) }
    do throws(PostgresError) {
      return SchemaTarget(
        session: try session(string.database("postgres")), database: Identifier(name), isThere: false,
        installation: nil)
    } catch {
      throw CommandFailure(error)
    }
  }

  private init(
    session: consuming Connection, database: Identifier, isThere: Bool, installation: Installation?
  ) {
    self.session = session
    self.database = database
    self.isThere = isThere
    self.installation = installation
  }
}
