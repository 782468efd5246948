import Postgres
import TimescaleDB
import Waiting

/// The target, for commands on its jobs: a database with TimescaleDB, and maybe without a queue. It may be in the middle of
/// a restore, which is the best time for turning jobs off: none of them can run.
struct JobTarget: ~Copyable {
  let session: Connection
  let installation: Installation

  /// - Parameter action: what is to be done; everything but listing needs a database that can be written.
  /// - Throws: `CommandFailure`.
  static func open(
    _ target: ConnectionString, for action: JobsResult.Action, interrupt: Interrupt, reporter: any Reporter
  ) throws(CommandFailure) -> JobTarget {
    let session = try Databases.session(
      target, side: .target, purpose: "jobs \(action.rawValue)", interrupt: interrupt)
    let installation = try Databases.installation(on: session)
    reporter.report(.connected(ConnectedDatabase(session, installation)))
    if let old = VersionFinding.tooOld(installation.capabilities) { throw .failed(.versions(old)) }
    guard action == .list || !installation.isInRecovery else { throw .failed(.databases(.targetIsStandby)) }
    return JobTarget(session: session, installation: installation)
  }

  private init(session: consuming Connection, installation: Installation) {
    self.session = session
    self.installation = installation
  }
}
