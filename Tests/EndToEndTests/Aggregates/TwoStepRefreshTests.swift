import Foundation
import TestServers
import TestTraits
import Testing

/// Where no host reaches both databases: a file goes from the source's side to the target's.
@Suite("refresh-caggs in two steps", .needs(TestServer.community)) struct TwoStepRefreshTests {
  /// The program on either side, without the other's database.
  private struct Sides {
    let migration: Migration
    let directory: ScratchDirectory
    var file: String { directory.path + "/watermarks.json" }

    init(_ migration: Migration) throws {
      self.migration = migration
      directory = try ScratchDirectory()
    }

    func write(_ arguments: String..., exits code: Int32 = 0) async throws -> BackfillProcess.Outcome {
      let source = BackfillProcess(environment: ["BACKFILL_SOURCE": migration.source.connectionString])
      let outcome = try await source.run(["refresh-caggs", "--watermarks-to", file] + arguments)
      #expect(outcome.exitCode == code, "\(outcome)")
      expectNoSecret(outcome)
      return outcome
    }

    func read(_ arguments: String..., exits code: Int32 = 0) async throws -> BackfillProcess.Outcome {
      let target = BackfillProcess(environment: ["BACKFILL_TARGET": migration.target.keywordString])
      let outcome = try await target.run(["refresh-caggs", "--watermarks-from", file] + arguments)
      #expect(outcome.exitCode == code, "\(outcome)")
      expectNoSecret(outcome)
      return outcome
    }

    func text() throws -> String { try directory.text(of: "watermarks.json") }
    func put(_ text: String) throws { try directory.write(text, to: "watermarks.json") }
  }

  @Test(
    "comes to what one step comes to: all time types, months, hierarchies", arguments: TestServer.community)
  func equal(server: TestServer) async throws {
    let sides = try Sides(try await RefreshCaggsTests.migration(on: server))
    let written = try await sides.write()
    #expect(written.stdout.contains("the watermarks of 7 continuous aggregates"), "\(written)")
    #expect(try sides.text().utf8.count < 20_000)
    let refreshed = try await sides.read()
    #expect(refreshed.stdout.contains("Refreshed 7 continuous aggregates"), "\(refreshed)")
    for view in RefreshCaggsTests.views {
      try sides.migration.expectSame("agg.\(view)")
      #expect(try sides.migration.target.value("SELECT count(*) > 1 FROM agg.\(view)") == "t", "\(view)")
    }
    // One step finds nothing to change.
    try await sides.migration.run("refresh-caggs")
    for view in RefreshCaggsTests.views { try sides.migration.expectSame("agg.\(view)") }
  }

  @Test(
    "begins where staging ended, and keeps what has no rows any more", arguments: TestServer.communityEnds)
  func staged(server: TestServer) async throws {
    let sides = try Sides(try await Self.integers(server, rows: 959, watermark: 600))
    let (source, target) = (sides.migration.source, sides.migration.target)
    try source.execute("SELECT drop_chunks('m', older_than => 300)")
    try await sides.migration.run("stage", "--until", "960")
    try source.execute(IntegerHistory.refresh("tens", from: 600, to: 960))
    _ = try await sides.write()
    let early = try await sides.read(exits: 1)
    #expect(early.stderr.contains("are not copied yet"), "\(early)")
    try await sides.migration.copyAndVerify()
    let refreshed = try await sides.read()
    #expect(refreshed.stdout.contains(#"Refreshed "public"."tens" from 600 to 960"#), "\(refreshed)")
    try sides.migration.expectSame("tens")
    #expect(try target.value("SELECT count(*) FROM tens") == "96")
    // The run history has both databases.
    #expect(
      try target.value(
        "SELECT source ->> 'database' FROM __backfill.run WHERE command = 'refresh-caggs' ORDER BY id DESC")
        == source.name)
  }

  @Test("names buckets that only the source has the rows for", arguments: TestServer.communityEnds)
  func lacking(server: TestServer) async throws {
    let sides = try Sides(try await Self.integers(server, rows: 959, watermark: 600))
    try await sides.migration.run("stage", "--until", "960", "--filter", "tens$")
    try await sides.migration.copyAndVerify()
    try sides.migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 960))
    _ = try await sides.write()
    let inTwo = try await sides.read(exits: 1)
    let inOne = try await sides.migration.run("refresh-caggs", exits: 1)
    for outcome in [inTwo, inOne] {
      #expect(
        outcome.stderr.contains("buckets from 600 to 950 that the target lacks the rows for"), "\(outcome)")
    }
  }

  @Test("chooses by --filter on either side", arguments: TestServer.oneCommunity)
  func filter(server: TestServer) async throws {
    let sides = try Sides(try await RefreshCaggsTests.migration(on: server))
    let target = sides.migration.target
    #expect(
      try await sides.write("--filter", "agg.hourly$", "-U").stdout.contains("of 2 continuous aggregates"))
    #expect(
      try await sides.write("--filter", "nothing", exits: 1).stderr.contains("--filter matches no hypertable")
    )
    let one = try await sides.read("--filter", "agg.hourly$")
    #expect(one.stdout.contains("Refreshed 1 continuous aggregate"), "\(one)")
    #expect(try target.value("SELECT count(*) FROM agg.daily") == "0")
    try target.execute("DROP MATERIALIZED VIEW agg.daily")
    let without = try await sides.read(exits: 1)
    #expect(without.stderr.contains("the target has no such continuous aggregate"), "\(without)")
  }

  @Test("refuses the file of another database than was staged", arguments: TestServer.oneCommunity)
  func otherSource(server: TestServer) async throws {
    let sides = try Sides(try await Self.integers(server, rows: 99, watermark: 50))
    try await sides.migration.run("stage", "--until", "100")
    try await sides.migration.copyAndVerify()
    let other = try Sides(try await Self.integers(server, rows: 99, watermark: 50))
    _ = try await other.write()
    try sides.put(try other.text())
    let refused = try await sides.read(exits: 1)
    #expect(
      refused.stderr.contains("these are not the databases that the queue was staged for"), "\(refused)")
  }

  @Test("refuses what is no such file, or isn't as it was written", arguments: TestServer.oneCommunity)
  func damaged(server: TestServer) async throws {
    let sides = try Sides(try await Self.integers(server, rows: 99, watermark: 50))
    _ = try await sides.write()
    let text = try sides.text()
    #expect(text.contains(#""watermark": 50"#))
    let foreign = "is not a file that refresh-caggs --watermarks-to has written, or not all of it"
    let cases = [
      (String(text.dropLast(text.count / 3)), foreign), ("", foreign), ("[]", foreign),
      ("{\"kind\": 5}", foreign),
      ("no JSON", foreign), (text.replacing("\"format\": 1", with: "\"format\": 2"), "is of format 2"),
      (text.replacing(#""watermark": 50"#, with: #""watermark": 60"#), "its checksum does not match"),
    ]
    for (content, complaint) in cases {
      try sides.put(content)
      let refused = try await sides.read(exits: 1)
      #expect(refused.stderr.contains(complaint), "\(refused)")
    }
    #expect(try sides.migration.target.value("SELECT count(*) FROM tens") == "0")
    try FileManager.default.removeItem(atPath: sides.file)
    #expect(try await sides.read(exits: 2).stderr.contains("No such file or directory"))
    // Nothing but the file is left where it was written.
    _ = try await sides.write()
    #expect(try FileManager.default.contentsOfDirectory(atPath: sides.directory.path) == ["watermarks.json"])
  }

  private static func integers(_ server: TestServer, rows: Int, watermark: Int) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in IntegerHistory.schema.dropLast() { try database.execute(statement) }
    }
    try migration.source.execute(IntegerHistory.rows(from: 0, to: rows))
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: watermark))
    return migration
  }
}
