import TestServers
import Testing

/// Two servers of a test's own: a source with a database, and a target with nothing but its superuser.
struct SchemaRig {
  static let database = "metrics"
  /// Another than the source's, so that it tells whose password the role has at the end.
  static let targetPassword = #"only the 'target' \has: this"#

  let server: TestServer
  /// Whose client programs are used.
  let clients: TestServer
  let source: TestCluster
  let target: TestCluster

  /// - Parameters:
  ///   - targetServer: nil where it is the source's, too.
  ///   - setup: run as the application's role, one by one.
  ///   - administration: run before as a superuser.
  ///   - options: of the source's database.
  ///   - targetSettings: of the target's server.
  init(
    on server: TestServer, to targetServer: TestServer? = nil, setup: [String], administration: String = "",
    options: DatabaseOptions = .init(),
    targetSettings: [String: String] = [:]
  ) async throws {
    self.server = server
    // A newer source can't be dumped by older ones; those of a Debian root may not see the files that they are given.
    clients = targetServer == nil ? server : try TestServer.oneWithClients.newest()
    source = try await server.dedicatedCluster(identity: 1)
    target = try await (targetServer ?? server).dedicatedCluster(extraSettings: targetSettings, identity: 2)
    let database = try await source.makeDatabase(
      version: server.timescaleVersion, name: Self.database, options: options)
    try database.executeAsSuperuser("ALTER DATABASE \(Self.database) OWNER TO \(TestCluster.appUser)")
    if !administration.isEmpty { try database.executeAsSuperuser(administration) }
    for statements in setup { try database.execute(statements) }
    let roles = "\(TestCluster.appUser), \(TestCluster.privilegedUser)"
    try target.executeAsSuperuser("DROP OWNED BY \(roles); DROP ROLE \(roles)")
    let password = quotedLiteral(Self.targetPassword)
    try target.executeAsSuperuser(
      "SET standard_conforming_strings = on; ALTER ROLE postgres PASSWORD \(password)")
  }

  var sourceString: String { source.superuserConnectionString(database: Self.database) }

  func targetString(user: String = "postgres", password: String = Self.targetPassword) -> String {
    target.connectionString(database: Self.database, user: user, password: password)
  }

  /// `schema` as an administrator runs it.
  ///
  /// - Parameter manners: what client programs do besides.
  func schema(
    _ arguments: String..., target string: String? = nil,
    with manners: [String: ClientDirectory.Manner] = [:],
    exits code: Int32? = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let programs = try ClientDirectory(of: clients, manners)
    let outcome = try await process(target: string).run(["schema", "--pg-bin", programs.path] + arguments)
    if let code { #expect(outcome.exitCode == code, "\(outcome)", sourceLocation: sourceLocation) }
    expectNoPassword(in: outcome, sourceLocation: sourceLocation)
    return outcome
  }

  func process(target string: String? = nil) -> BackfillProcess {
    BackfillProcess(source: sourceString, target: string ?? targetString())
  }

  func expectNoPassword(
    in outcome: BackfillProcess.Outcome, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let told = outcome.stdout + outcome.stderr
    for secret in [
      TestCluster.superuserPassword, Self.targetPassword, TestCluster.appPassword, "SCRAM-SHA-256",
    ] {
      #expect(!told.contains(secret), "a password is told: \(outcome)", sourceLocation: sourceLocation)
    }
  }

  /// What an application's own role does with the program afterwards.
  var application: BackfillProcess {
    BackfillProcess(
      source: source.connectionString(database: Self.database),
      target: target.connectionString(database: Self.database))
  }

  func sourceSession() throws -> SQLSession { try SQLSession(connectionString: sourceString) }
  func targetSession() throws -> SQLSession { try SQLSession(connectionString: targetString()) }

  /// What both sides have to answer alike.
  func expectSame(_ queries: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let (there, here) = (try sourceSession(), try targetSession())
    for query in queries {
      let expected = try there.query(query)
      #expect(!expected.isEmpty, "\(query)", sourceLocation: sourceLocation)
      #expect(try here.query(query) == expected, "\(query)", sourceLocation: sourceLocation)
    }
  }
}

/// What comes after `schema`, in the same way whatever made the target's schema.
extension SchemaRig {
  /// Everything up to `clean`, as the application's own role, with the program alone.
  func goOn(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try sourceSession().execute(MovedDatabase.laterWrites)
    for arguments in [
      ["stage", "--until", "2026-01-01T12:30:00Z", "--exclude", "events"],
      ["stage", "--until", "1000000", "--filter", "events"], ["copy", "-p2"], ["verify", "-p2"],
      ["refresh-caggs"], ["jobs", "on"], ["schema", "--tables-only"], ["clean"],
    ] {
      let outcome = try await application.run(arguments)
      try #require(outcome.exitCode == 0, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
      expectNoPassword(in: outcome, sourceLocation: sourceLocation)
    }
  }

  /// Takes back what `schema` has granted, by the statements that it told for that.
  ///
  /// - Returns: the number of them.
  func revoke(toldIn outcome: BackfillProcess.Outcome) throws -> Int {
    let statements = outcome.stdout.split(separator: "\n").filter { $0.hasPrefix("  REVOKE") }
    for statement in statements { try targetSession().execute(String(statement)) }
    return statements.count
  }

  /// Runs what `schema --print` has printed, as a superuser of both sides.
  func run(script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let directory = try ScratchDirectory()
    let escaped = Self.targetPassword.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
    try directory.write(
      "127.0.0.1:\(source.port):*:*:\(TestCluster.superuserPassword)\n127.0.0.1:\(target.port):*:*:\(escaped)\n",
      to: ".pgpass")
    let run = try await ShellScript(script).run(in: directory, with: clients, environment: [:])
    try #require(run.ending == .exited(0), "\(run)", sourceLocation: sourceLocation)
  }
}
