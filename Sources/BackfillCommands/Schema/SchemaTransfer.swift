import Postgres
import TimescaleDB
import Waiting

/// Does what was planned, step by step. Each step that was begun is done whole or not at all, but a restore that doesn't
/// fit into one transaction.
struct SchemaTransfer {
  let plan: SchemaPlan
  let endpoints: Endpoints
  let interrupt: Interrupt
  let reporter: any Reporter
  let directory: WorkingDirectory

  /// - Throws: `CommandFailure`, `PostgresError`.
  func perform() throws -> SchemaResult {
    var result = SchemaResult()
    result.objects = plan.objects
    result.hypertables = plan.counts.hypertables
    result.createdRoles = plan.roles?.created ?? []
    result.keptRoles = plan.roles?.kept ?? []
    result.rolesWithoutPassword = plan.roles?.withoutPassword ?? []
    result.retention = plan.retention
    result.isDatabaseCreated = plan.database.creation != nil
    for step in plan.steps {
      // It does all that comes after it, too.
      if step == .definitions, let manner = plan.rebuild {
        try checkingPrivileges { try RebuildTransfer(transfer: self, manner: manner).perform(&result) }
        break
      }
      try tell(step, &result) { result in try perform(step, &result) }
    }
    return result
  }

  /// Does a step, and tells of it.
  func tell(
    _ step: SchemaStep, _ result: inout SchemaResult, _ body: (inout SchemaResult) throws -> Void
  ) throws {
    guard interrupt.stage == .running else { throw CommandFailure.stopped(.working) }
    let number = (plan.steps.firstIndex(of: step) ?? 0) + 1
    let duration = try reporter.telling(StepProgress(step: step, number: number, count: plan.steps.count)) {
      try checkingPrivileges { try body(&result) }
    }
    result.steps.append(SchemaResult.Step(step: step, duration: duration))
  }

  private func checkingPrivileges(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as PostgresError where error.sqlState == SQLState.insufficientPrivilege {
      throw CommandFailure.failed(.transfer(.notPermitted(error, isManaged: plan.isManaged)))
    }
  }

  private func perform(_ step: SchemaStep, _ result: inout SchemaResult) throws {
    switch step {
    case .roles: try createRoles()
    case .database: try createDatabase()
    case .timescaleExtension(let version): try createExtension(version)
    case .restoreMode: try beginRestore()
    case .restore: try restore()
    case .finish: try finish(&result)
    // They have a command or a transfer of their own: `RowMove`, `RebuildTransfer`.
    case .table, .definitions, .tables, .hypertables, .aggregates, .jobs: break
    }
  }

  /// - Throws: `CommandFailure`.
  func targetSession() throws(CommandFailure) -> Connection {
    try Databases.session(endpoints.target, side: .target, purpose: MoveSchema.purpose, interrupt: interrupt)
  }

  /// By the database that every server has, as the target's own may not be there yet.
  private func serverSession() throws(CommandFailure) -> Connection {
    guard plan.database.creation != nil else { return try targetSession() }
    return try Databases.session(
      endpoints.target.database("postgres"), side: .target, purpose: MoveSchema.purpose, interrupt: interrupt)
  }

  private func createRoles() throws {
    guard let roles = plan.roles else { return }
    try run(roles.changes, on: serverSession, doing: "creating roles")
  }

  private func createDatabase() throws {
    if let creation = plan.database.creation {
      try serverSession().execute(creation.sql, doing: "creating the database")
    }
    try run(plan.database.changes, on: targetSession, doing: "setting up the database")
  }

  /// All of them in one transaction.
  private func run(
    _ statements: [PlannedStatement], on open: () throws(CommandFailure) -> Connection,
    doing operation: String
  ) throws {
    guard !statements.isEmpty else { return }
    let session = try open()
    try session.transact(doing: operation) {
      for statement in statements { try run(statement, on: session, doing: operation) }
    }
  }

  /// A statement that the target refuses, and that nothing depends on, is told of, and all else goes on.
  private func run(
    _ planned: PlannedStatement, on session: borrowing Connection, doing operation: String
  ) throws {
    let statement = planned.statement.sql
    guard let refusable = planned.refusable else { return try session.execute(statement, doing: operation) }
    let refusal = try session.attempt(
      statement + ";", doing: operation, isTolerable: { $0.sqlState == SQLState.insufficientPrivilege })
    if let refusal { reporter.report(.warning(.transfer(.refused(refusable, refusal)))) }
  }

  private func createExtension(_ version: String) throws {
    // As a session has to be new for it, each statement gets its own.
    for statement in RestoreMode.creating(version: version, schema: plan.extensionSchema) {
      try targetSession().execute(statement, doing: "creating the timescaledb extension")
    }
  }

  private func beginRestore() throws {
    let session = try targetSession()
    guard let installation = try Installation.find(on: session) else {
      throw CommandFailure.failed(.databases(.lacksTimescaleDB(.target)))
    }
    guard !plan.isCommunity || installation.capabilities.isCommunity else {
      throw CommandFailure.failed(.transfer(.editionsDiffer))
    }
    do throws(PostgresError) {
      try session.execute(
        RestoreMode(extensionSchema: plan.extensionSchema).beginning,
        doing: "preparing the database for a restore")
    } catch {
      guard error.sqlState == SQLState.insufficientPrivilege else { throw error }
      throw CommandFailure.failed(.transfer(.restoreModeRefused(error)))
    }
  }

  private func restore() throws {
    let source = try ClientAccess(plan.sourceClient, side: .source, in: directory)
    let target = try ClientAccess(plan.targetClient, side: .target, in: directory)
    let reporter = reporter
    let run = ProgramRun(interrupt: interrupt) { reporter.report(.note(.program(.said($0)))) }
    if plan.picksEntries { return try restorePicked(run, source, target) }
    try CommandFailure.running { () throws(ProgramFailure) in
      try run.pipe(
        plan.programs.call(.pgDump, plan.dumpArguments, on: source),
        into: plan.programs.call(.pgRestore, plan.restoreArguments, on: target))
    }
  }

  /// By way of a file, whose list of entries says which of them are restored.
  private func restorePicked(_ run: ProgramRun, _ source: ClientAccess, _ target: ClientAccess) throws {
    let archive = "\(directory.path)/archive"
    let list = try CommandFailure.running { () throws(ProgramFailure) in
      _ = try run.output(
        of: plan.programs.call(.pgDump, plan.dumpArguments + ["--file=\(archive)"], on: source))
      return try run.output(of: plan.programs.call(.pgRestore, ["--list", archive]))
    }
    let schema = plan.extensionSchema == Identifier("public") ? nil : plan.extensionSchema
    let picked = try directory.write(
      ArchiveList.reduced(String(decoding: list, as: UTF8.self), withoutSchema: schema), to: "list")
    _ = try CommandFailure.running { () throws(ProgramFailure) in
      try run.output(
        of: plan.programs.call(
          .pgRestore, plan.restoreArguments + ["--use-list=\(picked)", archive], on: target))
    }
  }
}
