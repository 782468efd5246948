import Foundation
import Glibc
import Synchronization
import TestServers
import TestTraits
import Testing

@Suite("Large chunks in parts", .needsServer) struct SplitTests {
  /// Two chunks of 8 MB each and the beginning of a third, with indexes of many kinds.
  private static let setup = """
    CREATE TABLE split (time timestamptz NOT NULL, device int NOT NULL, note text, amount numeric);
    SELECT create_hypertable('split', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX ON split (device, time DESC);
    CREATE UNIQUE INDEX split_once ON split (device, time, lower(note));
    CREATE INDEX split_part ON split USING hash (note) WHERE device > 3;
    INSERT INTO split SELECT t, d, repeat(md5(t::text || d), 6), d + 0.5
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 05:59:50Z', '50 seconds') AS t,
      generate_series(1, 20) AS d ORDER BY t;
    """
  private static let until = "2024-01-03T05:00:00Z"
  private static let before = "time < '\(until)'"

  /// Staged in parts of a megabyte; the target has old rows in the range and live ones behind it, and its owner may
  /// rebuild indexes.
  private func staged(_ server: TestServer, analyzed: Bool = true) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    if analyzed { try migration.source.execute("ANALYZE split") }
    try migration.target.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    try migration.target.execute(
      """
      INSERT INTO split VALUES ('2024-01-01 13:00:01Z', 1, 'replaced'), ('2024-01-02 13:00:01Z', 2, 'replaced'),
        ('2024-01-03 01:00:01Z', 2, 'replaced'), ('2024-01-03 05:00Z', 3, 'live')
      """)
    let outcome = try await migration.run("stage", "-u", Self.until, "--split-size", "1MB")
    #expect(outcome.stdout.contains("Staged 3 chunks to copy"), "\(outcome)")
    #expect(outcome.stdout.contains("3 large chunks in"), "\(outcome)")
    return migration
  }

  private func expectArrived(_ migration: Migration) throws {
    try migration.expectSame("split", where: Self.before)
    #expect(try migration.target.value("SELECT count(*) FROM split WHERE note = 'live'") == "1")
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.deferred") == "0")
  }

  /// What each chunk's indexes are called and how they are made.
  private func indexes(_ database: TestDatabase) throws -> [[String?]] {
    try database.query(
      """
      SELECT c.chunk_name, pg_get_indexdef(x.indexrelid), x.indisvalid, x.indisready
      FROM timescaledb_information.chunks AS c
      JOIN pg_index AS x ON x.indrelid = format('%I.%I', c.chunk_schema, c.chunk_name)::regclass
      ORDER BY 1, 2
      """)
  }

  @Test("arrive exactly, by many workers, and keep their indexes", arguments: TestServer.ends)
  func arrive(server: TestServer) async throws {
    let migration = try await staged(server)
    let before = try indexes(migration.target)
    #expect(try migration.target.tasks(where: "part IS NOT NULL") >= 15)
    let copied = try await migration.run("copy", "-p6")
    #expect(copied.stdout.contains("part 1 of"), "\(copied)")
    try expectArrived(migration)
    #expect(try indexes(migration.target) == before)
    let verified = try await migration.run("verify", "-p4")
    #expect(verified.stdout.contains("Verified 3 chunks"), "\(verified)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    // Again, over what is there.
    try await migration.run("clean")
    try await migration.run("stage", "-u", Self.until, "--split-size", "2MB")
    try await migration.copyAndVerify()
    try expectArrived(migration)
    #expect(try indexes(migration.target) == before)
  }

  @Test("are cut at equal numbers of rows, and read without reading the rest", arguments: TestServer.ends)
  func plans(server: TestServer) async throws {
    let migration = try await staged(server)
    let tasks = try migration.target.query(
      "SELECT format('%I.%I', chunk_schema, chunk_name), filter FROM __backfill.task WHERE part IS NOT NULL")
    try #require(tasks.count > 10)
    var shares: [Int] = []
    for task in tasks {
      let (chunk, filter) = (try #require(task[0]), try #require(task[1]))
      let plan = try migration.source.query("EXPLAIN SELECT * FROM \(chunk) WHERE \(filter)")
        .compactMap { $0[0] }.joined(separator: "\n")
      #expect(plan.contains("Index Scan"), "\(plan)")
      #expect(!plan.contains("Seq Scan"), "\(plan)")
      shares.append(
        Int(try migration.source.value("SELECT count(*) FROM \(chunk) WHERE \(filter)") ?? "") ?? 0)
    }
    let mean = shares.reduce(0, +) / shares.count
    #expect(shares.allSatisfy { $0 < 2 * mean }, "\(shares)")
  }

  @Test("that were never analyzed are cut evenly by time", arguments: TestServer.one)
  func notAnalyzed(server: TestServer) async throws {
    let migration = try await staged(server, analyzed: false)
    try await migration.copyAndVerify()
    try expectArrived(migration)
  }

  @Test(
    "of which a part can't be read without reading the rest stay whole, and it is said",
    arguments: TestServer.one,
    [
      "DROP INDEX split_time_idx",
      "CREATE TABLE moved AS TABLE split; TRUNCATE split; INSERT INTO split SELECT * FROM moved ORDER BY device",
    ])
  func indivisible(server: TestServer, change: String) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.source.execute("\(change); ANALYZE split")
    let outcome = try await migration.run("stage", "-u", Self.until, "--split-size", "1MB")
    #expect(outcome.stderr.contains("larger than --split-size stay whole"), "\(outcome)")
    #expect(try migration.target.tasks() == 3)
  }

  @Test("--split-size 0 cuts none; staged chunks aren't staged again in parts", arguments: TestServer.one)
  func off(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "-u", Self.until, "--split-size", "0")
    #expect(try migration.target.tasks() == 3)
    try await migration.run("stage", "-u", Self.until, "--split-size", "1MB")
    #expect(try migration.target.tasks() == 3)
    try await migration.run("clean", "--force")
    try await migration.run("stage", "-u", Self.until, "--split-size", "1MB")
    let parts = try migration.target.tasks()
    #expect(parts > 3)
    try await migration.run("stage", "-u", Self.until, "--split-size", "0")
    #expect(try migration.target.tasks() == parts)
  }

  @Test(
    "survive kill -9 at many moments, with their indexes", .needs(TestServer.oneCommunity),
    arguments: TestServer.oneCommunity)
  func kills(server: TestServer) async throws {
    let migration = try await staged(server)
    let before = try indexes(migration.target)
    // The first kill comes while an index is put off for certain: what is in flight can't end.
    let gate = try Gate(closedOn: migration.target)
    try await kill(migration) {
      try await gate.waitForArrivals(atLeast: 2)
      if server.putsIndexesOff {
        try await migration.target.wait(until: "EXISTS (SELECT FROM __backfill.deferred)")
      }
    }
    #expect((try indexes(migration.target) != before) == server.putsIndexesOff)
    try gate.open()
    for number in 1...10 {
      try await kill(migration) { try await Task.sleep(for: .milliseconds(50 * number)) }
    }
    // On a fast machine nothing may be left.
    _ = try await migration.backfill.run(["copy", "-p3"])
    try await migration.run("verify", "-p3")
    try expectArrived(migration)
    #expect(try indexes(migration.target) == before)
  }

  private func kill(_ migration: Migration, after moment: () async throws -> Void) async throws {
    let running = try migration.backfill.start(["copy", "-p3"])
    try await moment()
    Glibc.kill(running.pid, SIGKILL)
    _ = try await running.wait()
  }

  @Test(
    "that are copied in part get their indexes back from clean", .needs(TestServer.community),
    arguments: TestServer.community)
  func clean(server: TestServer) async throws {
    let migration = try await staged(server)
    let before = try indexes(migration.target)
    // One task fails, so that its chunk stays unfinished.
    try migration.target.execute(
      """
      UPDATE __backfill.task SET snapshot = '00000000-00000000-1'
      WHERE priority = (SELECT min(priority) FROM __backfill.task WHERE split = 2)
      """)
    try await migration.run("copy", "-p3", exits: 1)
    #expect((try indexes(migration.target) != before) == server.putsIndexesOff)
    let cleaned = try await migration.run("clean", "--force")
    #expect(cleaned.stdout.contains("partly copied") == server.putsIndexesOff, "\(cleaned)")
    #expect(try indexes(migration.target) == before)
  }

  @Test("that differ are copied again in all parts, and keep their indexes", arguments: TestServer.ends)
  func again(server: TestServer) async throws {
    let migration = try await staged(server)
    let before = try indexes(migration.target)
    try await migration.copyAndVerify()
    let parts = try migration.target.tasks(where: "split = (SELECT min(split) FROM __backfill.task)")
    // In one of the parts only.
    try migration.source.execute(
      "UPDATE split SET amount = 0 WHERE time = '2024-01-02 12:00Z' AND device = 7")
    try await migration.run("verify", "--again", exits: 3)
    let copied = try await migration.run("copy", "-p4", "--again", "--differing")
    #expect(copied.stdout.contains("To be copied again: 1 chunk"), "\(copied)")
    #expect(copied.stdout.contains("part 1 of"), "\(copied)")
    #expect(parts > 1)
    let verified = try await migration.run("verify", "-p4")
    #expect(verified.stdout.contains("Verified 1 chunk "), "\(verified)")
    try expectArrived(migration)
    #expect(try indexes(migration.target) == before)
  }

  @Test("are counted as one", arguments: TestServer.one)
  func counted(server: TestServer) async throws {
    let migration = try await staged(server)
    try await migration.run("copy", "-p3")
    let counted = try await migration.run("verify", "-p4", "--count")
    #expect(counted.stdout.contains("Counted the rows of 3 chunks"), "\(counted)")
    let half = try await migration.run("verify", "--sample", "34%")
    #expect(half.stdout.contains("A sample of 2 of 3 chunks"), "\(half)")
    #expect(half.stdout.contains("Verified 2 chunks"), "\(half)")
  }

  @Test("that differ are named once, and can be verified again", arguments: TestServer.one)
  func differ(server: TestServer) async throws {
    let migration = try await staged(server)
    try await migration.run("copy", "-p3")
    try migration.target.execute(
      "UPDATE split SET amount = 0 WHERE time = '2024-01-01 12:00Z' AND device = 7")
    let different = try await migration.run("verify", "-p3", exits: 3)
    #expect(different.stdout.contains("amount"), "\(different)")
    #expect(different.stdout.contains("1 chunk differs"), "\(different)")
    try migration.target.execute(
      "UPDATE split SET amount = 7.5 WHERE time = '2024-01-01 12:00Z' AND device = 7")
    let equal = try await migration.run("verify", "-p3")
    #expect(equal.stdout.contains("Verified 1 chunk"), "\(equal)")
  }

  @Test(
    "that the target has compressed since are opened; the boundary's is closed again",
    .needs(TestServer.community),
    arguments: TestServer.community)
  func compressedSince(server: TestServer) async throws {
    let migration = try await staged(server)
    try migration.target.execute(
      """
      ALTER TABLE split SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
      SELECT compress_chunk(c) FROM show_chunks('split') AS c;
      """)
    try await migration.copyAndVerify()
    try expectArrived(migration)
    let compressed = try migration.target.query(
      "SELECT is_compressed FROM timescaledb_information.chunks WHERE hypertable_name = 'split' ORDER BY range_start"
    )
    #expect(compressed.map { $0[0] } == ["f", "f", "t"])
  }

  @Test(
    "of a hypertable with continuous aggregates leave no invalidation behind", .needs(TestServer.community),
    arguments: TestServer.community)
  func aggregate(server: TestServer) async throws {
    let view = """
      CREATE MATERIALIZED VIEW split_daily WITH (timescaledb.continuous) AS
        SELECT time_bucket('1 day', time) AS day, device, count(*) FROM split GROUP BY 1, 2 WITH NO DATA
      """
    let source = try await server.makeDatabase(setup: Self.setup)
    try source.execute(view)
    try source.execute("CALL refresh_continuous_aggregate('split_daily', NULL, '2024-01-03Z')")
    let target = try await server.makeDatabase(setup: "")
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    let privileged = BackfillProcess(source: source.connectionString, target: try target.grantPrivileges())
    func run(_ arguments: [String]) async throws {
      let outcome = try await privileged.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    let triggers = """
      SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'ts_cagg%' ORDER BY 1
      """
    try await run(["stage", "-u", "2024-01-03Z", "--split-size", "1MB"])
    let before = try target.query(triggers)
    try await run(["copy", "-p3"])
    try await run(["verify", "-p3"])
    try migration.expectSame("split", where: "time < '2024-01-03Z'")
    #expect(try target.query(triggers) == before)
    #expect(
      try target.query(
        """
        SELECT * FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
        WHERE greatest_modified_value > 0 AND lowest_modified_value > 0
        """
      ).isEmpty)
  }

  @Test(
    "wait for an application that holds the chunk when its last part ends, and do nothing twice",
    .needs(TestServer.oneCommunity), arguments: TestServer.oneCommunity)
  func heldAtTheEnd(server: TestServer) async throws {
    let migration = try await staged(server)
    let before = try indexes(migration.target)
    let holder = Mutex(try migration.target.session())
    let proxy = try FaultyProxy(to: migration.target.cluster.port)
    let tries = Atomic<Int>(0)
    let watch = StatementWatch(ignoring: []) { _, text in
      guard text.hasPrefix("SAVEPOINT \"lock\"") else { return .passes }
      switch tries.add(1, ordering: .relaxed).newValue {
      case 1: holder.withLock { try? $0.execute("BEGIN; LOCK TABLE split IN ROW EXCLUSIVE MODE") }
      case 2: holder.withLock { try? $0.execute("ROLLBACK") }
      default: break
      }
      return .passes
    }
    proxy.watch(watch)
    let through = BackfillProcess(
      source: migration.source.connectionString, target: proxy.connectionString(to: migration.target))
    let outcome = try await through.run(["copy", "-p1"])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(watch.statements.count { $0.hasPrefix("ROLLBACK TO SAVEPOINT \"lock\"") } == 1)
    #expect(try outcome.copiedChunks.count == migration.target.tasks(), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL OR attempts > 0") == 0)
    try expectArrived(migration)
    #expect(try indexes(migration.target) == before)
  }
}
