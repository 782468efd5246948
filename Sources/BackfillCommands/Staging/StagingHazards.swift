import Postgres
import TimescaleDB

/// What staging tells a person of beforehand, because it would be noticed too late while copying.
struct StagingHazards {
  let pairs: [HypertablePair]

  /// - Throws: `PostgresError`.
  func all(_ databases: borrowing Databases) throws(PostgresError) -> [HazardFinding] {
    let targets = pairs.map(\.target)
    var hazards: [HazardFinding] = []
    let jobs = try jobs(on: databases.target, of: targets)
    if !jobs.isEmpty { hazards.append(.scheduledJobs(jobs)) }
    let retention = try self.jobs(on: databases.source, of: pairs.map(\.source))
      .filter { $0.procedure == "policy_retention" }
    if !retention.isEmpty { hazards.append(.retentionJobs(retention)) }
    let logged = try loggedHypertables(targets, databases)
    if !logged.isEmpty {
      hazards.append(
        .loggedInvalidations(logged, role: Identifier(databases.targetInstallation.user)))
    }
    let keys = try ForeignKeys.from(targets, on: databases.target)
    if !keys.isEmpty { hazards.append(.foreignKeys(keys)) }
    let references = try ForeignKeys.to(targets, on: databases.target)
    if !references.isEmpty { hazards.append(.referencingKeys(references)) }
    return hazards
  }

  /// The jobs that work on these hypertables, and those of which the catalog doesn't say what they work on.
  private func jobs(
    on connection: borrowing Connection, of hypertables: [Hypertable]
  ) throws(PostgresError) -> [ScheduledJob] {
    let names = Set(hypertables.flatMap { [$0.name, $0.knownName] })
    return try BackgroundJob.all(on: connection)
      .filter { $0.isScheduled && $0.identity.relation.map(names.contains) != false }
      .map {
        ScheduledJob(
          id: $0.id, procedure: $0.identity.procedure.name.name, hypertable: $0.identity.relation)
      }
  }

  /// Those with aggregates on them, where this role can't keep writes out of the invalidation log (2.23 to 2.27).
  private func loggedHypertables(
    _ targets: [Hypertable], _ databases: borrowing Databases
  ) throws(PostgresError) -> [QualifiedName] {
    let installation = databases.targetInstallation
    guard installation.capabilities.invalidationControl == .none, !installation.mayBypassExtension,
      installation.server.grantsParameters
    else { return [] }
    let watched = Set(try Watermark.all(on: databases.target).map(\.rawHypertableID))
    return targets.filter { watched.contains($0.id) }.map(\.knownName)
  }
}
