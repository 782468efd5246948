import ChunkCatalog
import Postgres
import TimescaleDB

extension SchemaTransfer {
  /// Ends the restore and turns all jobs off in one transaction: none of them can start in between. The same transaction
  /// gives the roles that own hypertables what they need for the migration.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func finish(_ result: inout SchemaResult) throws {
    let operation = "ending the restore"
    let session = try targetSession()
    guard let installation = try Installation.find(on: session) else {
      throw CommandFailure.failed(.databases(.lacksTimescaleDB(.target)))
    }
    try session.transact(doing: operation) {
      try session.execute(RestoreMode(extensionSchema: plan.extensionSchema).ending, doing: operation)
      if plan.isManaged { try session.execute(MigrationPrivilege.takingJobs, doing: "taking over jobs") }
      try handOver(on: session, installation, &result)
    }
  }

  /// Turns jobs off in an open transaction, and gives the roles that own hypertables what they need.
  ///
  /// - Parameter spared: numbers of jobs that are left as they are.
  /// - Throws: `PostgresError`.
  func handOver(
    on session: borrowing Connection, _ installation: Installation, sparing spared: Set<Int64> = [],
    _ result: inout SchemaResult
  ) throws {
    let isNew = try !QueueSchema.exists(on: session) && !JobRecord.exists(on: session)
    let (jobs, _) = try JobsOff.turnOff(on: session, installation, sparing: spared)
    result.jobsOff = jobs.count(.turnedOff)
    for problem in jobs.problems { reporter.report(.warning(.jobs(problem))) }
    if !plan.isManaged, !plan.skipsGrants { try grant(on: session, recordIsNew: isNew, &result) }
  }

  private func grant(
    on session: borrowing Connection, recordIsNew isNew: Bool, _ result: inout SchemaResult
  ) throws {
    let owners = plan.source.hypertableOwners
    for owner in owners {
      let missing = try MigrationPrivilege.missing(of: owner, in: plan.databaseName, on: session)
      for privilege in missing {
        try session.execute(privilege.granting, doing: "granting privileges to \(owner)")
        result.revoking.append(privilege.revoking)
      }
    }
    // Who migrates is to have the queue, and the record of jobs in it.
    if owners.count == 1, isNew {
      try session.execute(QueueSchema.giving(to: owners[0]), doing: "handing over the record of jobs")
    }
  }
}
