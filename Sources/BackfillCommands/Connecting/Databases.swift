import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// A command's own sessions on the two databases, after everything was checked that has to be right before any
/// command may do anything.
struct Databases: ~Copyable {
  let source: Connection
  let target: Connection
  let sourceInstallation: Installation
  let targetInstallation: Installation

  /// - Throws: `CommandFailure`.
  static func open(
    _ endpoints: Endpoints, purpose: String, interrupt: Interrupt, reporter: any Reporter
  ) throws(CommandFailure) -> Databases {
    let sessions = try SessionPair.open(endpoints, purpose: purpose, interrupt: interrupt)
    let sourceInstallation = try installation(on: sessions.source)
    let targetInstallation = try installation(on: sessions.target)
    reporter.report(.connected(ConnectedDatabase(sessions.source, sourceInstallation)))
    reporter.report(.connected(ConnectedDatabase(sessions.target, targetInstallation)))
    let warnings = try Compatibility.check(source: sourceInstallation, target: targetInstallation)
    for warning in warnings { reporter.report(.warning(.versions(warning))) }
    try CommandFailure.converting {
      try SameDatabase.refuse(source: sessions.source, target: sessions.target)
    }
    return Databases(
      sessions, sourceInstallation: sourceInstallation, targetInstallation: targetInstallation)
  }

  init(
    _ sessions: consuming SessionPair, sourceInstallation: Installation, targetInstallation: Installation
  ) {
    source = sessions.source
    target = sessions.target
    self.sourceInstallation = sourceInstallation
    self.targetInstallation = targetInstallation
  }

  static func session(
    _ string: ConnectionString, side: Side, purpose: String, interrupt: Interrupt
  ) throws(CommandFailure) -> Connection {
    do throws(PostgresError) {
      return try Connection.open(
        string, side: side, settings: .timescaleDB, purpose: purpose, interrupt: interrupt)
    } catch {
      throw CommandFailure(error)
    }
  }

  static func installation(
    on connection: borrowing Connection
  ) throws(CommandFailure) -> Installation {
    let found: Installation?
    do throws(PostgresError) {
      found = try Installation.find(on: connection)
    } catch {
      throw CommandFailure(error)
    }
    guard let found else {
      throw .failed(.databases(.lacksTimescaleDB(connection.side)))
    }
    return found
  }

  /// How long a command may take to give the queue back after its end.
  static let patience = Duration.seconds(3)

  /// Locks the queue against commands that don't go with this one, until this session ends. Waits a moment for a command
  /// that has just ended: its server process may take that long to notice, and scripts run one command after the other.
  ///
  /// - Throws: `CommandFailure`.
  static func lock(
    _ mode: RunLock.Mode, on target: borrowing Connection, interrupt: Interrupt
  ) throws(CommandFailure) {
    let deadline = ContinuousClock.now + patience
    while true {
      let holders: [ServerSession]?
      do throws(PostgresError) {
        holders = try RunLock.take(mode, on: target)
      } catch {
        throw CommandFailure(error)
      }
      guard let holders else { return }
      guard ContinuousClock.now < deadline, interrupt.stage == .running else {
        throw .failed(.queue(.inUse(by: holders)))
      }
      interrupt.sleep(.milliseconds(100), until: .draining)
    }
  }
}

/// Which databases a run is between.
struct Fingerprints {
  let source: Fingerprint
  let target: Fingerprint

  /// - Throws: `PostgresError`.
  static func find(_ databases: borrowing Databases) throws(PostgresError) -> Fingerprints {
    Fingerprints(
      source: try Fingerprint.find(on: databases.source), target: try Fingerprint.find(on: databases.target))
  }

  /// What is different from the databases that the target's queue was staged between; empty when nothing is.
  ///
  /// - Parameter ofDatabaseOnly: leaves out the extension's version.
  /// - Throws: `PostgresError`.
  func differencesFromStaged(
    on target: borrowing Connection, ofDatabaseOnly: Bool = false
  ) throws(PostgresError) -> [DatabaseDifference] {
    let recorded = try StagedDatabases.recorded(on: target)
    return differences(from: recorded, ofDatabaseOnly: ofDatabaseOnly) + earlierState(than: recorded.source)
  }

  /// A source that was restored from a backup since, or promoted without its last transactions. That a standby is behind
  /// its primary is nothing new.
  private func earlierState(than recorded: Fingerprint?) -> [DatabaseDifference] {
    guard let staged = recorded?.position, let now = source.position, now < staged, !source.isInRecovery
    else { return [] }
    return [DatabaseDifference(side: .source, fact: .position(staged: "\(staged)", now: "\(now)"))]
  }

  func differences(
    from recorded: (source: Fingerprint?, target: Fingerprint?), ofDatabaseOnly: Bool = false
  ) -> [DatabaseDifference] {
    let sides = [(Side.source, source, recorded.source), (.target, target, recorded.target)]
    return sides.flatMap { side, found, recorded in
      (recorded.map { found.differences(from: $0, ofDatabaseOnly: ofDatabaseOnly) } ?? [])
        .map { DatabaseDifference(side: side, fact: .identity($0)) }
    }
  }
}
