import TestServers
import TestTraits
import Testing

@Suite("check names extensions, roles and privileges", .needsServer) struct CheckAccessTests {
  private let suffix = String(UInt32.random(in: .min ... .max), radix: 36)

  private func role(_ name: String, on database: TestDatabase) throws -> (name: String, string: String) {
    let name = "\(name)_\(suffix)"
    let password = TestCluster.appPassword.replacing("'", with: "''")
    try database.executeAsSuperuser("CREATE ROLE \(name) LOGIN PASSWORD '\(password)'")
    return (name, database.cluster.connectionString(database: database.name, user: name))
  }

  private func pair(_ server: TestServer) async throws -> Migration {
    try await Migration.on(server, setup: CheckTests.table + CheckTests.rows)
  }

  @Test("that the target lacks, or has in another version", arguments: TestServer.one)
  func extensions(server: TestServer) async throws {
    let migration = try await pair(server)
    try await migration.expectFinding(
      "extension-missing", level: "warning", side: "target", object: #""citext""#, saying: "is missing",
      after: { try migration.source.executeAsSuperuser("CREATE EXTENSION citext VERSION '1.4'") },
      mendedBy: { try migration.target.executeAsSuperuser($0) })
    try migration.target.executeAsSuperuser("ALTER EXTENSION citext UPDATE TO '1.5'")
    let versions = try await migration.check().one("extension-versions-differ")
    #expect(versions.level == "note" && versions.message.contains("1.4 on the source and 1.5"), "\(versions)")
  }

  @Test("that the role needs", arguments: TestServer.ends)
  func needed(server: TestServer) async throws {
    let migration = try await pair(server)
    let reader = try role("reader", on: migration.source)
    let stranger = try role("stranger", on: migration.target)
    let strangers = CheckRunner(
      target: migration.target, backfill: BackfillProcess(source: reader.string, target: stranger.string))
    let answer = try await strangers.check()
    #expect(
      answer.codes("stop") == ["may-not-read", "not-owner", "no-create-privilege"], "\(answer.findings)")
    // stage refuses for the same.
    let refused = try await strangers.run("stage", "--until", "2024-02-01", exits: 1)
    for fact in ["may not read \"public\".\"readings\"", "belongs to \"app\"", "may not create the schema"] {
      #expect(refused.stderr.contains(fact), "\(fact): \(refused)")
    }
    // What is said to mend it.
    try migration.source.executeAsSuperuser(try #require(try answer.one("may-not-read").mend))
    for code in ["not-owner", "no-create-privilege"] {
      try migration.target.executeAsSuperuser(try #require(try answer.one(code).mend))
    }
    let mended = try await strangers.check()
    #expect(mended.codes("stop") == [], "\(mended.findings)")
    try await strangers.run("stage", "--until", "2024-02-01")
  }

  @Test("that the role can do without, with what each brings", arguments: TestServer.ends)
  func optional(server: TestServer) async throws {
    let migration = try await pair(server)
    let worker = try role("worker", on: migration.target)
    try migration.target.executeAsSuperuser("GRANT app TO \(worker.name)")
    let workers = CheckRunner(
      target: migration.target,
      backfill: BackfillProcess(source: migration.source.connectionString, target: worker.string))
    let answer = try await workers.check()
    let codes = answer.codes("note").filter { $0.hasPrefix("may-not-") }
    var expected: Set<String> = []
    if server.timescaleVersion >= TimescaleVersion(2, 22, 0) { expected.insert("may-not-build-indexes") }
    if server.isCommunity { expected.insert("may-not-record-sizes") }
    if server.pgMajor >= 15 { expected.insert("may-not-disable-triggers") }
    #expect(codes == expected, "\(answer.findings)")
    for code in codes {
      let found = try answer.one(code)
      #expect(found.message.contains("with this privilege"), "\(found)")
      try migration.target.executeAsSuperuser(try #require(found.mend))
    }
    let granted = try await workers.check()
    #expect(granted.codes("note").filter { $0.hasPrefix("may-not-") } == [], "\(granted.findings)")
  }

  @Test("to whom tables belong", arguments: TestServer.one)
  func owners(server: TestServer) async throws {
    let migration = try await pair(server)
    let owner = try role("owner", on: migration.target)
    try await migration.expectFinding(
      "owners-differ", level: "note", side: "target", object: #""public"."readings""#, saying: owner.name,
      after: {
        try migration.target.executeAsSuperuser(
          "GRANT \(owner.name) TO app; ALTER TABLE public.readings OWNER TO \(owner.name)")
      }, mendedBy: { try migration.target.executeAsSuperuser($0) })
  }

  /// On another server than the target, as roles are the server's.
  @Test("that a role of the source is missing", arguments: TestServer.one)
  func roles(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster()
    let source = try await cluster.makeDatabase(
      version: server.timescaleVersion, setup: CheckTests.table + CheckTests.rows)
    let migration = Migration(from: source, to: try await server.makeDatabase(setup: CheckTests.table))
    let analyst = "analyst_\(suffix)"
    try await migration.expectFinding(
      "role-missing", level: "warning", side: "target", object: "\"\(analyst)\"", saying: "1 relation",
      after: {
        try source.executeAsSuperuser("CREATE ROLE \(analyst); GRANT SELECT ON public.readings TO \(analyst)")
      }, mendedBy: { try migration.target.executeAsSuperuser($0) })
  }
}

/// The program as other roles than the tests' own.
struct CheckRunner: CommandRunner {
  let target: TestDatabase
  let backfill: BackfillProcess
}
