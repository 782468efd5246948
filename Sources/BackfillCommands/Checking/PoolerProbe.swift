import Postgres
import TimescaleDB
import Waiting

/// Whether a pooler in transaction mode stands before a server. Then sessions have no settings, locks or prepared
/// statements of their own.
struct PoolerProbe: ChecklistItem {
  /// The sides where it does.
  let sides: [Side]

  var findings: [CheckedFinding] { sides.map { .init(.stop, .condition(.pooler($0))) } }

  /// - Throws: `PostgresError`.
  static func find(
    _ databases: borrowing Databases, _ endpoints: Endpoints, interrupt: Interrupt
  ) throws(PostgresError) -> PoolerProbe {
    let isSource = try isPooled(databases.source, endpoints.source, interrupt: interrupt)
    let isTarget = try isPooled(databases.target, endpoints.target, interrupt: interrupt)
    return PoolerProbe(sides: (isSource ? [.source] : []) + (isTarget ? [.target] : []))
  }

  /// Two sessions of a server have two processes, and each keeps its own. Whoever gets the other's process while that
  /// one is idle, or another one than before, talks to a pooler. Nothing else looks like that.
  private static func isPooled(
    _ session: borrowing Connection, _ string: ConnectionString, interrupt: Interrupt
  ) throws(PostgresError) -> Bool {
    let first = try process(of: session, opening: "")
    let other: Connection
    do throws(PostgresError) {
      other = try Connection.open(
        string, side: session.side, settings: .timescaleDB, purpose: "check", interrupt: interrupt)
    } catch {
      // A server that has no second session to give; a pooler would have the client wait.
      guard error.sqlState == SQLState.tooManyConnections else { throw error }
      return false
    }
    // The transaction stays open, so that a pooler has to keep its server's session for it.
    let second = try process(of: other, opening: "BEGIN READ ONLY; ")
    let again = try process(of: session, opening: "")
    other.rollBack()
    return second == first || again != first
  }

  private static func process(
    of session: borrowing Connection, opening: SQL
  ) throws(PostgresError) -> Int64? {
    try session.query(opening + "SELECT pg_backend_pid() AS process", doing: "looking for a pooler") {
      row throws(PostgresError) in try row.integer("process")
    }.first
  }
}
