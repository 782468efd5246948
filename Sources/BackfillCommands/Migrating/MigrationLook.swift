import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// Looks at the target, and says how far a migration is. Only reads.
public struct MigrationLook: Sendable {
  static let purpose = "migrate"

  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt) async throws(CommandFailure) -> MigrationState {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try look(interrupt) }
    }
  }

  private func look(_ interrupt: Interrupt) throws -> MigrationState {
    let target = try SchemaTarget.open(self.target, mayBeMissing: true, interrupt: interrupt)
    guard target.isThere else { return MigrationState(target: .missing) }
    guard let installation = target.installation else { return MigrationState(target: .lacksTimescaleDB) }
    guard !installation.isRestoring else { return MigrationState(target: .restoring) }
    return try Self.look(target.session, installation)
  }

  /// After making sure whose the queue is.
  private static func look(
    _ session: borrowing Connection, _ installation: Installation
  ) throws -> MigrationState {
    let hypertables = try Hypertable.all(on: session)
    guard !hypertables.isEmpty else { return MigrationState(target: .lacksHypertables) }
    let hasQueue = try QueueSchema.exists(on: session)
    let record = try MigrationRecord.find(on: session)
    if let record { try refuseOther(record, side: .target, found: try Fingerprint.find(on: session)) }
    let hasRows = try record == nil && hasRows(hypertables, installation.capabilities, on: session)
    var state = MigrationState(target: .ready(hasRows: hasRows))
    state.record = record
    state.hasJobsOn = try BackgroundJob.all(on: session).contains(where: \.isScheduled)
    state.recordedJobs = try JobRecord.count(on: session)
    guard hasQueue else { return state }
    if try !QueueSchema.isComplete(on: session) { return state }
    let counts = try Queue.counts(on: session)
    state.tasks = .init(all: counts.all, uncopied: counts.uncopied, unverified: counts.unverified)
    state.tasks.replaced = try Queue.replaced(on: session)
    state.tasks.lastCopied = try Queue.lastCopied(on: session)
    return state
  }

  /// Whether one of them has a row. A size doesn't say so: the catalog that `schema` restores has those of the source's
  /// compressed chunks.
  private static func hasRows(
    _ hypertables: [Hypertable], _ capabilities: Capabilities, on session: borrowing Connection
  ) throws(PostgresError) -> Bool {
    let chunks = try Chunk.all(
      of: hypertables.map(\.id), withContents: true, capabilities: capabilities, on: session)
    let sized = Set(chunks.filter { ($0.contents?.bytes ?? 0) > 0 }.map(\.hypertableID))
    for hypertable in hypertables where sized.contains(hypertable.id) {
      if try session.hasRows(in: hypertable.name, doing: "looking for rows on the target") { return true }
    }
    return false
  }

  /// - Throws: `CommandFailure` for a record that was made between other databases.
  static func refuseOther(_ record: MigrationRecord, side: Side, found: Fingerprint) throws(CommandFailure) {
    let recorded = side == .source ? record.source : record.target
    let differences = found.differences(from: recorded, ofDatabaseOnly: true)
    guard differences.isEmpty else {
      throw .failed(
        .migration(
          .otherDatabases(differences.map { DatabaseDifference(side: side, fact: .identity($0)) })))
    }
  }
}
