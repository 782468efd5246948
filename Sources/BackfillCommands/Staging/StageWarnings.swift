import Postgres
import TimescaleDB

/// What staging tells a person of beforehand, because it would be noticed too late while copying.
struct StageWarnings {
  let pairs: [HypertablePair]
  let extensionSchema: Identifier

  /// - Throws: `PostgresError`.
  func all(_ databases: borrowing Databases) throws(PostgresError) -> [String] {
    let targets = pairs.map(\.target)
    var warnings: [String] = []
    let known = Set(targets.flatMap { [$0.name, $0.knownName] })
    let jobs = try BackgroundJob.all(on: databases.target).filter { job in
      job.hypertable.map(known.contains) != false
    }
    if !jobs.isEmpty {
      warnings.append(
        "background jobs are still scheduled on the target: \(named(jobs)); they may compress, drop or refresh "
          + "what is being copied. Switch them off until the end: SELECT \(extensionSchema).alter_job(job_id, "
          + "scheduled => false) FROM timescaledb_information.jobs WHERE job_id >= 1000")
    }
    let names = Set(pairs.flatMap { [$0.source.name, $0.source.knownName] })
    let retention = try BackgroundJob.all(on: databases.source).filter { job in
      job.procedure == "policy_retention" && job.hypertable.map(names.contains) != false
    }
    if !retention.isEmpty {
      warnings.append(
        "retention on the source may drop staged chunks before they are copied: \(named(retention))")
    }
    let watched = try loggedHypertables(targets, databases)
    if !watched.isEmpty {
      warnings.append(
        "uncompressed rows of \(watched.joined(separator: ", ")) will be logged as changes of continuous aggregates, "
          + "which refresh policies then compute again; a superuser can spare you that: GRANT SET ON PARAMETER "
          + "timescaledb.restoring TO \(Identifier(databases.targetInstallation.user))")
    }
    let keys = try ForeignKeys.from(targets, on: databases.target)
    if !keys.isEmpty {
      warnings.append(
        "foreign keys on the target reject rows whose referenced rows are missing; copy those tables first: "
          + keys.joined(separator: ", "))
    }
    let references = try ForeignKeys.to(targets, on: databases.target)
    if !references.isEmpty {
      warnings.append(
        "foreign keys on the target refer to rows that copying replaces, and forbid that or follow it; drop them until "
          + "the end, or give copy --disable-triggers: " + references.joined(separator: ", "))
    }
    return warnings
  }

  /// Those with aggregates on them, where this role can't keep writes out of the invalidation log (2.23 to 2.27).
  private func loggedHypertables(
    _ targets: [Hypertable], _ databases: borrowing Databases
  ) throws(PostgresError) -> [String] {
    let installation = databases.targetInstallation
    guard installation.capabilities.invalidationControl == .none, !installation.mayBypassExtension,
      installation.server.grantsParameters
    else { return [] }
    let watched = Set(try Watermark.all(on: databases.target).map(\.rawHypertableID))
    return targets.filter { watched.contains($0.id) }.map { "\($0.knownName)" }
  }

  private func named(_ jobs: [BackgroundJob]) -> String {
    let shown = jobs.prefix(5).map { job in
      "\(job.procedure) (job \(job.id)\(job.hypertable.map { " on \($0)" } ?? ""))"
    }
    let more = jobs.count > shown.count ? " and \(jobs.count - shown.count) more" : ""
    return shown.joined(separator: ", ") + more
  }
}
