import TestServers
import TestTraits
import Testing

/// The cases of the matrix through files: what a query sees is the same at the other end, in chunks of the same
/// bounds.
@Suite("Compression matrix through files", .needsServer) struct ArchiveMatrixTests {
  @Test("every case, compressed chunks as they are", arguments: TestServer.ends)
  func cases(server: TestServer) async throws {
    try await expectAll(on: server, asRows: false)
  }

  @Test("every case as rows", .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func rows(server: TestServer) async throws {
    try await expectAll(on: server, asRows: true)
  }

  private func expectAll(on server: TestServer, asRows: Bool) async throws {
    let outcome = try await ArchiveMatrixRun.perform(on: server, asRows: asRows)
    #expect(outcome.failedCommands.isEmpty, "\(outcome.failedCommands.joined(separator: "\n\n"))")
    for (name, failures) in outcome.failures.sorted(by: { $0.key < $1.key }) {
      #expect(failures.isEmpty, "\(name): \(failures.joined(separator: "\n"))")
    }
  }
}

/// One migration of all cases through an archive of timestamps and one of integers.
private struct ArchiveMatrixRun {
  let source: MatrixDatabase
  let target: MatrixDatabase
  let cases: [MatrixCase]
  let asRows: Bool
  var outcome = MatrixOutcome()

  static func perform(on server: TestServer, asRows: Bool) async throws -> MatrixOutcome {
    var run = ArchiveMatrixRun(
      source: MatrixDatabase(try await server.makeDatabase(), on: server),
      target: MatrixDatabase(try await server.makeDatabase(), on: server),
      cases: MatrixCase.all.filter { $0.runs(on: server, target: .dumped) && !$0.needsLiveSource }.map {
        let each = server.isCommunity ? $0 : $0.withoutCompression
        return asRows ? each.asRows : each
      }, asRows: asRows)
    try await run.perform()
    return run.outcome
  }

  private mutating func perform() async throws {
    let tablespace = try SQLSession(connectionString: source.database.superuserConnectionString)
    try tablespace.execute("SET allow_in_place_tablespaces = on")
    do {
      try tablespace.execute(
        "CREATE TABLESPACE \(MatrixRun.tablespace) OWNER \(TestCluster.appUser) LOCATION ''")
    } catch let error as HarnessError where error.description.contains("already exists") {}
    for each in cases {
      attempt(each) { [self] in
        try source.run("CREATE SCHEMA \(quotedIdentifier(each.name))", of: each)
        try source.run(each.schema, of: each)
        try source.run(each.data, of: each)
        try source.run(each.dataAsSuperuser, of: each, asSuperuser: true)
      }
    }
    try await source.database.dumpSchema(into: target.database)
    _ = try target.database.grantPrivileges()
    for each in cases {
      attempt(each) { [self] in
        try source.run(each.sourceBeforeStaging, of: each)
        try source.run(each.sourceBeforeCopying, of: each)
        try target.run(each.targetBeforeStaging, of: each)
        try target.run(each.targetBeforeCopying, of: each)
      }
    }
    try await carry(
      "--from", MatrixTable.from, "--until", MatrixTable.until, "--filter",
      "^(?!\(MatrixCase.integerPrefix))")
    if cases.contains(where: { $0.name.hasPrefix(MatrixCase.integerPrefix) }) {
      try await carry(
        "--from=\(MatrixTable.integerFrom)", "--until", "\(MatrixTable.integerUntil)", "--filter",
        "^\(MatrixCase.integerPrefix)")
    }
    for each in cases {
      var differences: [String] = []
      attempt(each) { [self] in
        let (there, here) = (try source.facts(of: each), try target.facts(of: each))
        let comparison = MatrixComparison(
          matrixCase: each, source: there, target: here, invalidationsBefore: [], tasks: [], isFirst: false)
        differences =
          (asRows ? [] : comparison.chunkDifferences)
          + MatrixComparison.differences(there.answers, here.answers)
      }
      for difference in differences { outcome.fail(each.name, difference) }
    }
  }

  /// Through a directory of its own, with no program that reaches both.
  private mutating func carry(_ window: String...) async throws {
    let directory = try ScratchDirectory()
    let archive = directory.path + "/archive"
    let exporter = BackfillProcess(environment: ["BACKFILL_SOURCE": source.database.connectionString])
    let importer = BackfillProcess(
      environment: ["BACKFILL_TARGET": target.database.superuserConnectionString])
    for (program, arguments) in [
      (exporter, ["export", "--output", archive, "-p3"] + window + (asRows ? ["--rows"] : [])),
      (importer, ["import", "--input", archive, "-p3"]), (importer, ["verify", "--input", archive, "-p3"]),
      (importer, ["clean"]),
    ] {
      let result = try await program.run(arguments)
      if result.exitCode != 0 { outcome.failedCommands.append("\(arguments): \(result)") }
    }
  }

  private mutating func attempt(_ each: MatrixCase, _ body: () throws -> Void) {
    do { try body() } catch { outcome.fail(each.name, "\(error)") }
  }
}

extension MatrixCase {
  /// It shows what becomes of a live chunk that changes between staging and copying.
  fileprivate var needsLiveSource: Bool { if case .otherwise = expected { true } else { false } }

  /// How batches were made is the target's affair.
  fileprivate var asRows: MatrixCase {
    var copy = self
    copy.queries.removeAll { $0.contains("compression_settings") }
    return copy
  }
}
