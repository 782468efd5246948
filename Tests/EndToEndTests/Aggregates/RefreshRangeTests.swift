import TestServers
import TestTraits
import Testing

/// What `refresh-caggs` computes and what it leaves alone: buckets that were copied, or whose rows are gone, must stay;
/// what nobody computed must not be left out.
@Suite("The range that refresh-caggs computes", .needs(TestServer.community))
struct RefreshRangeTests {
  @Test(
    "buckets whose rows retention has dropped stay, where the target's own watermark is before them",
    arguments: TestServer.community)
  func behind(server: TestServer) async throws {
    let migration = try await migration(server, rows: 719, watermark: 720)
    let (source, target) = (migration.source, migration.target)
    try source.execute("SELECT drop_chunks('m', older_than => 480)")
    // Somebody refreshed an early range of the target, which is where its watermark stands.
    try target.execute(IntegerHistory.rows(from: 235, to: 235))
    try target.execute(IntegerHistory.refresh("tens", from: 0, to: 240))
    try target.execute("DELETE FROM m")
    try await migration.run("stage", "--until", "720")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try target.value("SELECT count(*) FROM tens") == "72")
  }

  @Test("buckets of an aggregate that was copied alone stay", arguments: TestServer.community)
  func alone(server: TestServer) async throws {
    let migration = try await migration(server, rows: 719, watermark: 720)
    let target = migration.target
    try target.execute(IntegerHistory.rows(from: 475, to: 475))
    try target.execute(IntegerHistory.refresh("tens", from: 400, to: 480))
    try target.execute("DELETE FROM m")
    try await migration.run("stage", "--until", "720", "--filter", "tens$")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try target.value("SELECT count(*) FROM tens") == "72")
  }

  @Test(
    "no hole is left where something refreshed a recent range of the target", arguments: TestServer.community)
  func hole(server: TestServer) async throws {
    let migration = try await migration(server, rows: 959, watermark: 600)
    let (source, target) = (migration.source, migration.target)
    try await migration.run("stage", "--until", "960")
    try await migration.copyAndVerify()
    for database in [source, target] { try database.execute(IntegerHistory.rows(from: 960, to: 999)) }
    try source.execute(IntegerHistory.refresh("tens", from: nil, to: 960))
    try target.execute(IntegerHistory.refresh("tens", from: 960, to: 1000))
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens", where: "b < 960")
    #expect(try target.value("SELECT count(*) FROM tens WHERE b < 960") == "96")
  }

  @Test(
    "what isn't counted as changed is computed all the same where it wasn't copied",
    arguments: Servers(.all, .community, .since(2, 18)))
  func unchanged(server: TestServer) async throws {
    let migration = try await migration(server, rows: 959, watermark: 600)
    let (source, target) = (migration.source, migration.target)
    try await migration.run("stage", "--until", "960")
    try await migration.copyAndVerify()
    try target.execute(IntegerHistory.refresh("tens", from: 600, to: 960))
    // As it is when rows came in without being logged.
    try target.execute("DELETE FROM \(try materialized(target)) WHERE b >= 700")
    try source.execute(IntegerHistory.refresh("tens", from: nil, to: 960))
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try target.value("SELECT count(*) FROM tens") == "96")
  }

  @Test(
    "buckets without rows stay and are told of when the queue is gone, and the others are computed",
    arguments: TestServer.community)
  func cleaned(server: TestServer) async throws {
    let migration = try await migration(server, rows: 719, watermark: 600)
    let (source, target) = (migration.source, migration.target)
    try source.execute("SELECT drop_chunks('m', older_than => 300)")
    try await migration.run("stage", "--until", "720")
    try await migration.copyAndVerify()
    try await migration.run("clean")
    try source.execute(IntegerHistory.refresh("tens", from: 600, to: 720))
    try target.execute(IntegerHistory.refresh("tens", from: 690, to: 720))
    let outcome = try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try target.value("SELECT count(*) FROM tens") == "72")
    #expect(outcome.stdout.contains("from 0 to 290 stay as they are"), "\(outcome)")
  }

  @Test("buckets between two stretches of rows stay when the queue is gone", arguments: TestServer.community)
  func between(server: TestServer) async throws {
    let migration = try await migration(server, rows: 719, watermark: 720)
    try migration.source.execute("DELETE FROM m WHERE t >= 205 AND t < 520")
    try migration.source.execute("SELECT drop_chunks('m', newer_than => 300, older_than => 500)")
    try await migration.run("stage", "--until", "720")
    try await migration.copyAndVerify()
    try await migration.run("clean")
    let outcome = try await migration.run("refresh-caggs")
    let there = try migration.source.query("SELECT * FROM tens WHERE b < 200 OR b >= 210 ORDER BY b")
    #expect(try migration.target.query("SELECT * FROM tens WHERE b < 200 OR b >= 210 ORDER BY b") == there)
    #expect(there.count == 71)
    #expect(outcome.stdout.contains("from 210 to 510 stay as they are"), "\(outcome)")
  }

  @Test(
    "buckets that only the source has the rows for are named, and copied when they are staged again",
    arguments: TestServer.community)
  func lacking(server: TestServer) async throws {
    let migration = try await migration(server, rows: 959, watermark: 600)
    try await migration.run("stage", "--until", "960", "--filter", "tens$")
    try await migration.copyAndVerify()
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 960))
    let outcome = try await migration.run("refresh-caggs", exits: 1)
    #expect(
      outcome.stderr.contains("buckets from 600 to 950 that the target lacks the rows for"), "\(outcome)")
    try await migration.run("stage", "--until", "960", "--filter", "tens$")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try migration.target.value("SELECT count(*) FROM tens") == "96")
  }

  @Test("a filter that matches no aggregate is an error", arguments: TestServer.oneCommunity)
  func filter(server: TestServer) async throws {
    let migration = try await migration(server, rows: 99, watermark: 100)
    let nothing = try await migration.run("refresh-caggs", "--filter", "no_such", exits: 1)
    #expect(nothing.stderr.contains("--filter matches no hypertable"), "\(nothing)")
    let raw = try await migration.run("refresh-caggs", "--filter", "public.m$", exits: 1)
    #expect(raw.stderr.contains("--cascade-up"), "\(raw)")
  }

  private func materialized(_ database: TestDatabase) throws -> String {
    try #require(
      try database.value(
        """
        SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
        FROM timescaledb_information.continuous_aggregates WHERE view_name = 'tens'
        """))
  }

  /// A target whose schema was made by hand, so that everything there counts as changed.
  private func migration(_ server: TestServer, rows: Int, watermark: Int) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in IntegerHistory.schema.dropLast() { try database.execute(statement) }
    }
    try migration.source.execute(IntegerHistory.rows(from: 0, to: rows))
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: watermark))
    return migration
  }
}
