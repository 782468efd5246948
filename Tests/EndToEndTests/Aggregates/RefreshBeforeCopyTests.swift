import TestServers
import TestTraits
import Testing

/// Refreshes of the target while rows are still to be copied: what they computed over missing rows has to be mended.
@Suite("Refreshes before all rows are copied", .needs(TestServer.community))
struct RefreshBeforeCopyTests {
  /// Where an ordinary owner can keep copied rows out of the invalidation log.
  private static let unloggingServers =
    Array(Servers(.all, .community, .before(2, 23))) + Array(Servers(.all, .community, .since(2, 28)))

  @Test(
    "refresh-caggs refuses while rows that it would compute from are uncopied",
    arguments: TestServer.community)
  func refuses(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    let refused = try await migration.run("refresh-caggs", exits: 1)
    #expect(refused.stderr.contains("are not copied yet"), "\(refused)")
    #expect(refused.stderr.contains("_hyper_"), "\(refused)")
    #expect(refused.stderr.contains("--force"), "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM tens") == "0")
    let forced = try await migration.run("refresh-caggs", "--force")
    #expect(forced.stderr.contains("are not copied yet"), "\(forced)")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try expectAll(migration)
  }

  @Test(
    "rows that are copied after a refresh of the target are computed by the next one",
    arguments: TestServer.community)
  func plain(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "475", "--filter", "public.m$")
    // Rows that are there already, so that there is something to compute.
    try migration.target.execute(IntegerHistory.rows(from: 470, to: 479))
    try migration.target.execute(IntegerHistory.refresh("tens", from: 0, to: 480))
    try await migration.copyAndVerify()
    try migration.target.execute(IntegerHistory.refresh("tens", from: nil, to: 480))
    try migration.target.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
    try expectAll(migration)
  }

  /// What comes between the refresh of a new aggregate and the copy of the rows below it.
  enum Meanwhile: CaseIterable {
    case nothing
    case stagingAgain
    case copyingAgain
  }

  @Test(
    "and by the next one of an aggregate that was made after staging, too",
    arguments: TestServer.communityEnds, Meanwhile.allCases)
  func madeSince(server: TestServer, meanwhile: Meanwhile) async throws {
    let migration = try await migration(server)
    try dropAggregates(of: migration.target)
    try await rowsAreComputed(migration, meanwhile)
  }

  @Test(
    "and by that of one which was made after staging in place of one that was refreshed before",
    arguments: TestServer.communityEnds, Meanwhile.allCases)
  func remadeSince(server: TestServer, meanwhile: Meanwhile) async throws {
    let migration = try await migration(server)
    try migration.target.execute(IntegerHistory.refresh("tens", from: 0, to: 500))
    try await rowsAreComputed(migration, meanwhile)
  }

  private func dropAggregates(of target: TestDatabase) throws {
    for view in ["hundreds", "tens"] { try target.execute("DROP MATERIALIZED VIEW IF EXISTS \(view)") }
  }

  /// Stages, makes the aggregates again, refreshes one, and copies below it.
  private func rowsAreComputed(_ migration: Migration, _ meanwhile: Meanwhile) async throws {
    if meanwhile == .copyingAgain {
      try await migration.run("stage", "--until", "100", "--filter", "public.m$")
      try await migration.run("copy")
    }
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    try dropAggregates(of: migration.target)
    for statement in IntegerHistory.schema where statement.contains("MATERIALIZED VIEW") {
      try migration.target.execute(statement)
    }
    // Live rows, so that there is something to compute.
    try migration.target.execute(IntegerHistory.rows(from: 480, to: 499))
    try migration.target.execute(IntegerHistory.refresh("tens", from: 0, to: 500))
    switch meanwhile {
    case .nothing: try await migration.run("copy")
    case .stagingAgain:
      try await migration.run("stage", "--until", "480", "--filter", "public.m$")
      try await migration.run("copy")
    case .copyingAgain: try await migration.run("copy", "--again", "--filter", "public.m$")
    }
    try migration.target.execute(IntegerHistory.refresh("tens", from: nil, to: 500))
    #expect(
      try migration.target.query("SELECT count(*), sum(n) FROM tens WHERE b < 480")
        == migration.source.query("SELECT count(*), sum(n) FROM tens"))
    #expect(
      try migration.target.query("SELECT sum(n) FROM tens")
        == migration.target.query("SELECT count(*) FROM m"))
  }

  @Test("and so are rows of compressed chunks", arguments: TestServer.community)
  func compressed(server: TestServer) async throws {
    let migration = try await migration(server, compressing: true)
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    try migration.target.execute(IntegerHistory.refresh("tens", from: 0, to: 480))
    let copied = try await migration.run("copy")
    #expect(copied.stdout.contains("has been refreshed on the target"), "\(copied)")
    try await migration.run("verify")
    try migration.target.execute(IntegerHistory.refresh("tens", from: nil, to: 480))
    try migration.target.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
    try expectAll(migration)
    #expect(
      try migration.target.value(
        "SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'm' AND is_compressed")
        == "5")
  }

  @Test("buckets that are copied after a refresh on top of them count too", arguments: TestServer.community)
  func hierarchy(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "480", "--filter", "tens$")
    try migration.target.execute(IntegerHistory.refresh("hundreds", from: 0, to: 500))
    try await migration.copyAndVerify()
    try migration.target.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
    try migration.expectSame("hundreds")
    #expect(try migration.target.value("SELECT count(*) FROM hundreds") == "5")
  }

  @Test(
    "without a refresh in between nothing is logged, and batches stay batches",
    arguments: Self.unloggingServers)
  func unlogged(server: TestServer) async throws {
    let migration = try await migration(server, compressing: true)
    try migration.source.execute("SELECT decompress_chunk(c) FROM show_chunks('m', newer_than => 300) AS c")
    try await migration.run("stage", "--until", "480")
    let copied = try await migration.run("copy")
    #expect(!copied.stdout.contains("has been refreshed on the target"), "\(copied)")
    let log = "SELECT count(*) FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log"
    #expect(try migration.target.value(log) == "0")
  }

  @Test(
    "rows whose copy was under way when the target was refreshed are computed by the next refresh",
    arguments: TestServer.communityEnds)
  func underWay(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    // The first chunk's rows are in, and nobody sees them yet. Up to 2.22 a refresh waits for the chunk's trigger.
    let refresh = try migration.target.session()
    try refresh.execute("SET statement_timeout = '5s'")
    try? refresh.execute(IntegerHistory.refresh("tens", from: 0, to: 480))
    try gate.open()
    let copied = try await running.wait()
    #expect(copied.exitCode == 0, "\(copied)")
    try await migration.run("verify")
    try migration.target.execute(IntegerHistory.refresh("tens", from: nil, to: 480))
    try migration.target.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
    try expectAll(migration)
  }

  /// Up to 2.22 making an aggregate waits for the chunk, for its trigger there.
  private static let untriggered = Servers(.ends, .community, .since(2, 23))

  @Test(
    "and so are they by that of an aggregate which was made meanwhile", .needs(untriggered),
    arguments: untriggered)
  func madeUnderWay(server: TestServer) async throws {
    let migration = try await migration(server)
    try migration.target.execute("DROP MATERIALIZED VIEW hundreds")
    try migration.target.execute("DROP MATERIALIZED VIEW tens")
    try migration.target.execute(IntegerHistory.rows(from: 480, to: 499))
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    for statement in IntegerHistory.schema where statement.contains("VIEW tens") {
      try migration.target.execute(statement)
    }
    try migration.target.execute(IntegerHistory.refresh("tens", from: 0, to: 500))
    try gate.open()
    let copied = try await running.wait()
    #expect(copied.exitCode == 0, "\(copied)")
    try migration.target.execute(IntegerHistory.refresh("tens", from: nil, to: 500))
    #expect(
      try migration.target.query("SELECT sum(n) FROM tens")
        == migration.target.query("SELECT count(*) FROM m"))
  }

  @Test(
    "refresh-caggs refuses where rows went with the hypertable that had them",
    arguments: TestServer.oneCommunity)
  func dropped(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    try await migration.copyAndVerify()
    try dropAggregates(of: migration.target)
    try migration.target.execute("DROP TABLE m; DROP FUNCTION now_as_integer")
    for statement in IntegerHistory.schema { try migration.target.execute(statement) }
    let refused = try await migration.run("refresh-caggs", exits: 1)
    #expect(refused.stderr.contains("are not copied yet"), "\(refused)")
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try expectAll(migration)
  }

  @Test("refresh-caggs doesn't run beside a copy", arguments: TestServer.oneCommunity)
  func lock(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("stage", "--until", "480")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    let refused = try await migration.run("refresh-caggs", "--force", exits: 1)
    #expect(refused.stderr.contains("in use by"), "\(refused)")
    try gate.open()
    let copied = try await running.wait()
    #expect(copied.exitCode == 0, "\(copied)")
  }

  private func expectAll(_ migration: Migration) throws {
    try migration.expectSame("tens")
    try migration.expectSame("hundreds")
    #expect(try migration.target.value("SELECT count(*), sum(n) FROM tens") == "48")
  }

  /// A target whose schema was made by hand, so that everything there counts as changed.
  private func migration(_ server: TestServer, compressing: Bool = false) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in IntegerHistory.schema { try database.execute(statement) }
      if compressing { try database.execute("ALTER TABLE m SET (timescaledb.compress)") }
    }
    try migration.source.execute(IntegerHistory.rows(from: 0, to: 479))
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 480))
    try migration.source.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
    if compressing { try migration.source.execute("SELECT compress_chunk(c) FROM show_chunks('m') AS c") }
    return migration
  }
}
