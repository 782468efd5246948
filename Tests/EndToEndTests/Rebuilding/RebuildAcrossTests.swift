import TestServers
import TestTraits
import Testing

@testable import BackfillCommands

/// Between servers whose TimescaleDB is not the same.
@Suite("schema where versions or editions differ") struct RebuildAcrossTests {
  private static let setup =
    MovedDatabase.setup + MovedDatabase.communitySetup + DefinedDatabase.setup
    + DefinedDatabase.communitySetup

  @Test(
    "makes everything from definitions, and says what has to be done before stage",
    .needs(TestServer.communityEndsWithClients))
  func versions() async throws {
    let servers = Array(TestServer.communityEndsWithClients)
    guard let old = servers.first, let new = servers.last, old.timescaleVersion < new.timescaleVersion else {
      return
    }
    let rig = try await SchemaRig(
      on: old, to: new, setup: Self.setup, administration: MovedDatabase.administration)
    let outcome = try await rig.schema()
    #expect(
      outcome.stdout.contains(
        "The source has TimescaleDB \(old.timescaleVersion) and the target \(new.timescaleVersion): "),
      "\(outcome)")
    #expect(outcome.stderr.contains("stage and copy will need the same version"), "\(outcome)")
    try RebuiltSchema.expectSame(rig)
    // The other commands want the same version.
    let stage = try await rig.application.run(["stage", "--until", "2026-01-01T12:30:00Z"])
    #expect(stage.exitCode == 1, "\(stage)")
  }

  @Test("lists what the Apache edition can't have", .needs(TestServer.apache), arguments: TestServer.apache)
  func apache(target: TestServer) async throws {
    guard let source = TestServer.communityEndsWithClients.first(where: { $0.pgMajor <= target.pgMajor })
    else { return }
    let rig = try await SchemaRig(
      on: source, to: target, setup: Self.setup, administration: MovedDatabase.administration)
    // The extension is there, and says which edition it is.
    let maintenance = try rig.maintenance()
    try maintenance.execute("CREATE DATABASE metrics")
    try rig.targetSession().execute("CREATE EXTENSION timescaledb")
    let outcome = try await rig.schema("--json")
    let document = try #require(JSONValue(outcome.stdout))
    let warnings = document["warnings"]?.elements ?? []
    let codes = warnings.compactMap { $0["code"]?.text }
    // 3 compressed relations but the aggregate, 5 aggregates, 14 jobs, and what depends on aggregates.
    #expect(codes.count { $0 == "definition-left-out" } == 2 + 5 + 14 + 1, "\(outcome)")
    try rig.expectSame(DefinedDatabase.facts)
    let session = try rig.targetSession()
    #expect(
      try session.query("SELECT to_regclass('over_cagg') IS NULL AND to_regclass('monthly') IS NULL") == [
        ["t"]
      ])
    #expect(try session.query("SELECT to_regnamespace('__backfill') IS NULL") == [["t"]])
  }

  @Test("brings one Apache edition's database to another one's", .needs(TestServer.apache))
  func apacheVersions() async throws {
    let roots = Array(TestServer.apache)
    guard let old = roots.first, let new = roots.last, old.timescaleVersion < new.timescaleVersion,
      !TestServer.oneWithClients.isEmpty
    else { return }
    let rig = try await SchemaRig(
      on: old, to: new, setup: MovedDatabase.setup + DefinedDatabase.setup,
      administration: MovedDatabase.administration)
    let outcome = try await rig.schema()
    #expect(!outcome.stderr.contains("left out"), "\(outcome)")
    try rig.expectSame(DefinedDatabase.facts)
  }
}
