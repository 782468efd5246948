import Postgres
import TimescaleDB

/// What staging tells a person of beforehand, because it would be noticed too late while copying.
struct StagingHazards: ChecklistItem {
  /// The target's jobs that are on.
  let jobs: [ScheduledJob]
  /// The source's that drop chunks.
  let retention: [ScheduledJob]
  /// Hypertables whose rows will be logged as changes.
  let logged: [QualifiedName]
  let role: Identifier
  let foreignKeys: [String]
  let references: [String]

  /// - Throws: `PostgresError`.
  static func find(
    _ pairs: [HypertablePair], _ databases: borrowing Databases
  ) throws(PostgresError) -> StagingHazards {
    try find(
      pairs.map(\.target), databases.targetInstallation,
      retention: try jobs(on: databases.source, of: pairs.map(\.source)).filter(\.dropsChunks)
        .map(ScheduledJob.init), on: databases.target)
  }

  /// - Parameter retention: the source's jobs, as far as they are known.
  /// - Throws: `PostgresError`.
  static func find(
    _ targets: [Hypertable], _ installation: Installation, retention: [ScheduledJob],
    on target: borrowing Connection
  ) throws(PostgresError) -> StagingHazards {
    StagingHazards(
      jobs: try jobs(on: target, of: targets).map(ScheduledJob.init), retention: retention,
      logged: try loggedHypertables(targets, installation, on: target),
      role: Identifier(installation.user), foreignKeys: try ForeignKeys.from(targets, on: target),
      references: try ForeignKeys.to(targets, on: target))
  }

  var findings: [CheckedFinding] {
    let hazards: [HazardFinding?] = [
      jobs.isEmpty ? nil : .scheduledJobs(jobs),
      retention.isEmpty ? nil : .retentionJobs(retention),
      logged.isEmpty ? nil : .loggedInvalidations(logged, role: role),
      foreignKeys.isEmpty ? nil : .foreignKeys(foreignKeys),
      references.isEmpty ? nil : .referencingKeys(references),
    ]
    return hazards.compactMap { $0.map { .init(.warning, .hazard($0)) } }
  }

  /// The jobs that work on these hypertables, and those of which the catalog doesn't say what they work on.
  private static func jobs(
    on connection: borrowing Connection, of hypertables: [Hypertable]
  ) throws(PostgresError) -> [BackgroundJob] {
    let names = Set(hypertables.flatMap { [$0.name, $0.knownName] })
    return try BackgroundJob.all(on: connection)
      .filter { $0.isScheduled && $0.identity.relation.map(names.contains) != false }
  }

  /// Those with aggregates on them, where this role can't keep writes out of the invalidation log (2.23 to 2.27).
  private static func loggedHypertables(
    _ targets: [Hypertable], _ installation: Installation, on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName] {
    guard installation.capabilities.invalidationControl == .none, !installation.mayBypassExtension,
      installation.server.grantsParameters
    else { return [] }
    let watched = Set(try Watermark.all(on: target).map(\.rawHypertableID))
    return targets.filter { watched.contains($0.id) }.map(\.knownName)
  }
}
