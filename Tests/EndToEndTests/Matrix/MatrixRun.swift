import TestServers

/// One migration of all cases between two databases of one server.
struct MatrixRun {
  let server: TestServer
  let origin: TargetOrigin
  let source: MatrixDatabase
  let target: MatrixDatabase
  let cases: [MatrixCase]
  var outcome = MatrixOutcome()
  /// The role that migrates.
  private var targetString: String

  static func perform(
    _ cases: [MatrixCase], server: TestServer, origin: TargetOrigin
  ) async throws -> MatrixOutcome {
    let elsewhere = DatabaseOptions(extensionSchema: "time series")
    var run = MatrixRun(
      server: server, origin: origin,
      source: MatrixDatabase(try await server.makeDatabase(), on: server),
      target: MatrixDatabase(
        try await server.makeDatabase(options: origin == .byHand ? elsewhere : .init()), on: server),
      cases: cases.filter { $0.runs(on: server, target: origin) }.map {
        server.isCommunity ? $0 : $0.withoutCompression
      })
    do {
      try await run.perform()
    } catch {
      run.outcome.failedCommands.append("the migration broke off: \(error)")
      for each in run.cases { run.outcome.fail(each.name, "the migration broke off") }
    }
    return run.outcome
  }

  private init(
    server: TestServer, origin: TargetOrigin, source: MatrixDatabase, target: MatrixDatabase,
    cases: [MatrixCase]
  ) {
    self.server = server
    self.origin = origin
    self.source = source
    self.target = target
    self.cases = cases
    targetString = target.database.connectionString
  }

  private mutating func perform() async throws {
    guard !cases.isEmpty else { return }
    try makeTablespace()
    for each in cases { attempt(each, "making the source") { [self] in try fillSource(each) } }
    try source.database.executeAsSuperuser("ANALYZE")
    if origin == .dumped {
      try await source.database.dumpSchema(into: target.database)
      targetString = try target.database.grantPrivileges()
    } else {
      // So that aggregates have other names inside than the source's.
      try target.database.execute(
        "CREATE TABLE first (t int NOT NULL); SELECT \"time series\".create_hypertable('first', 't', chunk_time_interval => 10)"
      )
    }
    for each in cases {
      attempt(each, "making the target") { [self] in
        if origin == .byHand {
          try target.run("CREATE SCHEMA \(quotedIdentifier(each.name))", of: each)
          try target.run(each.schema, of: each)
        }
        try source.run(each.sourceBeforeStaging, of: each)
        try target.run(each.targetBeforeStaging, of: each)
      }
    }
    let before = invalidationsOnTarget()
    try await stage()
    for each in cases {
      attempt(each, "between staging and copying") { [self] in
        try source.run(each.sourceBeforeCopying, of: each)
        try target.run(each.targetBeforeCopying, of: each)
      }
    }
    try await command("copy", "-p", "3")
    try await command("verify", "-p", "3")
    compare("", invalidations: before)
    guard origin == .dumped else { return refresh() }
    // Copying again is always safe.
    try await command("clean")
    try await stage()
    try await command("copy", "-p", "3")
    try await command("verify", "-p", "3")
    compare("copied twice: ", invalidations: before)
  }

  static let tablespace = "matrix"

  /// One for all matrices of a cluster.
  private func makeTablespace() throws {
    let session = try SQLSession(connectionString: source.database.superuserConnectionString)
    try session.execute("SET allow_in_place_tablespaces = on")
    do {
      try session.execute("CREATE TABLESPACE \(Self.tablespace) OWNER \(TestCluster.appUser) LOCATION ''")
    } catch let error as HarnessError where error.description.contains("already exists") {}
  }

  private func fillSource(_ each: MatrixCase) throws {
    try source.run("CREATE SCHEMA \(quotedIdentifier(each.name))", of: each)
    try source.run(each.schema, of: each)
    try source.run(each.data, of: each)
    try source.run(each.dataAsSuperuser, of: each, asSuperuser: true)
  }

  /// A case whose own SQL fails must not take the others with it.
  private mutating func attempt(_ each: MatrixCase, _ what: String, _ body: () throws -> Void) {
    do { try body() } catch { outcome.fail(each.name, "\(what): \(error)") }
  }

  private mutating func stage() async throws {
    let integers = "^\(MatrixCase.integerPrefix)"
    try await command(
      "stage", "--from", MatrixTable.from, "--until", MatrixTable.until,
      "--filter", "^(?!\(MatrixCase.integerPrefix))")
    guard cases.contains(where: { $0.name.hasPrefix(MatrixCase.integerPrefix) }) else { return }
    try await command(
      "stage", "--from=\(MatrixTable.integerFrom)", "--until", "\(MatrixTable.integerUntil)", "-f", integers)
  }

  private mutating func command(_ arguments: String...) async throws {
    let backfill = BackfillProcess(source: source.database.connectionString, target: targetString)
    let result = try await backfill.run(arguments, limit: .seconds(300))
    if result.exitCode != 0 { outcome.failedCommands.append("\(arguments): \(result)") }
  }

  /// What was logged as invalidation does no harm: aggregates that are computed again hold the same as before.
  private mutating func refresh() {
    for each in cases where !each.refreshable.isEmpty {
      var found: [String] = []
      attempt(each, "refreshing") { [self] in
        var aggregates = each
        aggregates.tables = each.refreshable
        aggregates.queries = []
        for side in [source, target] { try side.run(MatrixCase.refreshWatch, of: each) }
        let (theirs, ours) = (try source.facts(of: aggregates), try target.facts(of: aggregates))
        found = MatrixComparison.differences(theirs.answers, ours.answers)
      }
      for difference in found { outcome.fail(each.name, "refreshed: " + difference) }
    }
  }

  private func invalidationsOnTarget() -> [String: [[String?]]] {
    var found: [String: [[String?]]] = [:]
    for each in cases {
      found[each.name] = try? target.session(of: each).query(MatrixFacts.invalidations(schema: each.name))
    }
    return found
  }

  private mutating func compare(_ prefix: String, invalidations: [String: [[String?]]]) {
    for each in cases {
      var found: (differences: [String], invalidations: [String]) = ([], [])
      attempt(each, prefix + "looking") { [self] in
        found = try self.differences(
          of: each, invalidationsBefore: invalidations[each.name] ?? [],
          isFirst: prefix.isEmpty)
      }
      for difference in found.differences { outcome.fail(each.name, prefix + difference) }
      outcome.invalidations[each.name, default: []] += found.invalidations.map { prefix + $0 }
    }
  }

  private func differences(
    of each: MatrixCase, invalidationsBefore: [[String?]], isFirst: Bool
  ) throws -> (differences: [String], invalidations: [String]) {
    let comparison = MatrixComparison(
      matrixCase: each, source: try source.facts(of: each), target: try target.facts(of: each),
      invalidationsBefore: invalidationsBefore, tasks: try tasks(of: each), isFirst: isFirst)
    let differences =
      comparison.differences
      + (try wrongAnswers("source", to: each.onSource, session: try source.session(of: each)))
      + (try wrongAnswers("target", to: each.onTarget, session: try target.session(of: each)))
    return (differences, comparison.invalidationDifferences)
  }

  private func wrongAnswers(
    _ side: String, to questions: [(query: String, answer: String)], session: SQLSession
  ) throws -> [String] {
    try questions.compactMap { query, answer in
      let found = try session.query(query).map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
        .joined(separator: "\n")
      return found == answer ? nil : "the \(side) says \(found), not \(answer), to: \(query)"
    }
  }

  private func tasks(of each: MatrixCase) throws -> [MatrixComparison.Task] {
    try target.session(of: each, asSuperuser: true).query(
      """
      SELECT t.chunk_name, t.worked IS NOT NULL, t.verified IS NOT NULL,
        concat_ws('; ', t.copy_message, t.last_error), t.verify_message
      FROM __backfill.task AS t
      LEFT JOIN _timescaledb_catalog.hypertable AS h
        ON h.schema_name = t.target_hypertable_schema AND h.table_name = t.target_hypertable_name
      LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
      WHERE coalesce(a.user_view_schema, t.target_hypertable_schema) = \(quotedLiteral(each.name))
      ORDER BY t.priority
      """
    ).map {
      .init(
        chunk: $0[0] ?? "", isCopied: $0[1] == "t", isVerified: $0[2] == "t", message: $0[3] ?? "",
        verifyMessage: $0[4] ?? "")
    }
  }
}
