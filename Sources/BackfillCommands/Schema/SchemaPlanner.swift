import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Looks at both sides, writes nothing, and says what is to be done, or what is in the way.
struct SchemaPlanner {
  let options: SchemaOptions
  let interrupt: Interrupt
  let reporter: any Reporter
  let directory: WorkingDirectory

  /// - Returns: nil where nothing is to be done, as all is there.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func plan(source: borrowing Connection, target: borrowing SchemaTarget) throws -> SchemaPlan? {
    let installation = try Databases.installation(on: source)
    try tellConnections(source, installation, target)
    try checkVersions(source, installation, target)
    let (rebuilds, version) = try rebuilding(installation, target)
    let programs = try ClientPrograms.find(
      options.programs, environment: options.environment, interrupt: interrupt)
    if let obstacle = programs.obstacle(
      source: source.server.major, target: target.session.server.major, elsewhere: options.programs.elsewhere)
    {
      throw CommandFailure.failed(.program(obstacle))
    }
    let dumped = try DumpedDatabase.describe(source)
    try checkWorkers(target)
    let (state, objects, counts) = try state(source, target, rebuilds: rebuilds)
    guard state != .complete else {
      reporter.report(.note(.transfer(.complete)))
      return nil
    }
    try checkNeeds(dumped, installation, target)
    let isAtomic = try rebuilds || fitsInOneTransaction(dumped, target.session)
    let clients = clients(source, target)
    let sourceAccess = try ClientAccess(clients.source, side: .source, in: directory)
    let isRestored = state == .restored
    if isRestored { reporter.report(.note(.transfer(.continuing))) }
    var plan = SchemaPlan(
      roles: options.skipsRoles
        ? nil : try roles(of: installation.database, dumped, programs, sourceAccess, target.session),
      database: try database(programs, sourceAccess, target), databaseName: target.database,
      missingVersion: target.installation == nil ? version : nil, extensionSchema: installation.schema,
      rebuild: rebuilds ? RebuildManner(isMissingOnly: options.addsMissing) : nil, isRestored: isRestored,
      source: dumped, objects: objects,
      counts: counts, programs: programs, sourceClient: clients.source, targetClient: clients.target,
      isCommunity: installation.capabilities.isCommunity, isManaged: options.isManaged,
      skipsGrants: options.skipsGrants, hasRows: !options.skipsRows, isAtomic: isAtomic,
      leavesTablespaces: try leavesTablespaces(dumped, target.session), retention: try retention(source))
    if rebuilds, options.prints {
      let statements = try statements(plan, source, installation, target)
      plan.rebuild?.printed = statements
    }
    return plan
  }

  private func tellConnections(
    _ source: borrowing Connection, _ installation: Installation, _ target: borrowing SchemaTarget
  ) throws {
    reporter.report(.connected(ConnectedDatabase(source, installation)))
    if let found = try ConnectedDatabase.find(on: target.session) { reporter.report(.connected(found)) }
  }

  private func clients(
    _ source: borrowing Connection, _ target: borrowing SchemaTarget
  ) -> (source: ClientParameters, target: ClientParameters) {
    (source.clientParameters, target.session.clientParameters.database(target.database.name))
  }

  private func roles(
    of database: String, _ dumped: DumpedDatabase, _ programs: ClientPrograms, _ access: ClientAccess,
    _ target: borrowing Connection
  ) throws -> RolePlan {
    var arguments = ["--roles-only", "--encoding=UTF8", "--database=\(database)"]
    if !dumped.mayReadPasswords { arguments.append("--no-role-passwords") }
    let script = try script(of: .pgDumpAll, programs.call(.pgDumpAll, arguments, on: access))
    let plan = RolePlan(
      script.map(RoleStatement.init),
      target: try RolePlan.Target.find(on: target, isManaged: options.isManaged),
      bootstrapSuperuser: dumped.bootstrapSuperuser, hasPasswords: dumped.mayReadPasswords)
    for (role, attributes) in plan.leftOut {
      reporter.report(.warning(.transfer(.attributesLeftOut(role, attributes))))
    }
    if !plan.withoutPassword.isEmpty {
      reporter.report(.warning(.transfer(.passwordsLeftOut(plan.withoutPassword))))
    }
    return plan
  }

  private func database(
    _ programs: ClientPrograms, _ access: ClientAccess, _ target: borrowing SchemaTarget
  ) throws -> DatabasePlan {
    let call = programs.call(
      .pgDump,
      ["--create", "--schema-only", "--no-tablespaces", "--exclude-schema=*", "--encoding=UTF8"], on: access)
    return DatabasePlan(
      try script(of: .pgDump, call).compactMap(DatabaseStatement.init), name: target.database,
      existing: target.isThere ? try DatabasePlan.Setting.all(on: target.session) : nil,
      isManaged: options.isManaged)
  }

  private func script(of program: ClientProgram, _ call: ProgramCall) throws -> [ScriptStatement] {
    let reporter = reporter
    let run = ProgramRun(interrupt: interrupt) { reporter.report(.note(.program(.said($0)))) }
    let output = try CommandFailure.running { () throws(ProgramFailure) in try run.output(of: call) }
    guard let statements = ScriptStatement.read(output) else {
      throw CommandFailure.failed(.program(.unreadable(program)))
    }
    return statements
  }
}
