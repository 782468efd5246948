import Postgres
import TimescaleDB
import Waiting

/// A session on each of the two servers, opened at the same time.
struct SessionPair: ~Copyable {
  let source: Connection
  let target: Connection

  /// - Throws: `CommandFailure`, of the source where both fail.
  static func open(
    _ endpoints: Endpoints, purpose: String, interrupt: Interrupt
  ) throws(CommandFailure) -> SessionPair {
    let opening = OpeningConnection(
      endpoints.target, side: .target, settings: .timescaleDB, purpose: purpose, interrupt: interrupt)
    let source = try Databases.session(
      endpoints.source, side: .source, purpose: purpose, interrupt: interrupt)
    do throws(PostgresError) {
      return SessionPair(source: source, target: try opening.take())
    } catch {
      throw CommandFailure(error)
    }
  }

  private init(source: consuming Connection, target: consuming Connection) {
    self.source = source
    self.target = target
  }
}
