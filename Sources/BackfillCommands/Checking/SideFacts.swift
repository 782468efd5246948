import Postgres
import TimescaleDB

/// What one side says of itself beside its hypertables: a fixed number of questions.
struct SideFacts {
  let settings: ServerSettings
  let limits: ConnectionLimits
  let wal: WALState?
  let clock: ServerClock
  let properties: DatabaseProperties?
  let extensions: [InstalledExtension]
  let traits: [Int64: HypertableTraits]
  let rules: [Int64: [TableRule]]

  private static let names =
    ServerSettings.ofLockTable + [
      "max_wal_size", "archive_mode", "synchronous_standby_names", "synchronous_commit", "TimeZone",
      "hot_standby_feedback", "max_standby_streaming_delay", ExtensionSettings.jobWorkers,
    ]

  /// - Parameters:
  ///   - hypertables: those to describe.
  ///   - roles: those to look for.
  ///   - start: what clocks are compared by.
  /// - Throws: `PostgresError`.
  static func gather(
    _ hypertables: [Int64], roles: [Identifier], since start: ContinuousClock.Instant,
    _ installation: Installation, on connection: borrowing Connection
  ) throws(PostgresError) -> SideFacts {
    SideFacts(
      settings: try ServerSettings.find(names, on: connection),
      limits: try ConnectionLimits.find(on: connection), wal: try WALState.find(on: connection),
      clock: try ServerClock.read(since: start, on: connection),
      properties: try DatabaseProperties.find(roles: roles, on: connection),
      extensions: try InstalledExtension.all(on: connection),
      traits: try HypertableTraits.all(
        of: hypertables, capabilities: installation.capabilities, on: connection),
      rules: try TableRule.all(of: hypertables, on: connection))
  }
}
