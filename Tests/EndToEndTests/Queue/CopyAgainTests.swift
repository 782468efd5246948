import Glibc
import TestServers
import TestTraits
import Testing

@Suite("copy --again", .needsServer) struct CopyAgainTests {
  /// Two hypertables of four chunks each.
  private static let setup = ["first", "second"].map { name in
    """
    CREATE TABLE \(name) (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO \(name) SELECT t, extract(hour FROM t)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
    """
  }.joined()

  private func verified(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-04T12:00:00Z")
    try await migration.copyAndVerify()
    return migration
  }

  private func expectSame(_ migration: Migration) throws {
    for table in ["first", "second"] {
      try migration.expectSame(table, where: "time < '2024-01-04 12:00Z'")
    }
  }

  @Test("--differing copies what differed, and nothing else", arguments: TestServer.one)
  func differing(server: TestServer) async throws {
    let migration = try await verified(server)
    // Changed on the source since, on the target, and by the application beyond the completion point.
    try migration.source.execute("UPDATE first SET value = -1 WHERE time = '2024-01-02 05:00Z'")
    try migration.target.execute(
      """
      INSERT INTO second VALUES ('2024-01-04 11:59Z', -2);
      INSERT INTO second VALUES ('2024-01-04 12:00Z', -3)
      """)
    try await migration.run("verify", "--again", exits: 3)
    let copied = try await migration.run("copy", "--again", "--differing")
    #expect(copied.stdout.contains("To be copied again: 2 chunks"), "\(copied)")
    #expect(copied.stdout.contains("[2/2]"), "\(copied)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 2)
    let compared = try await migration.run("verify")
    #expect(compared.stdout.contains("Verified 2 chunks"), "\(compared)")
    try expectSame(migration)
    #expect(try migration.target.value("SELECT count(*) FROM second WHERE value = -3") == "1")
    // Once more there is nothing to do.
    let none = try await migration.run("copy", "--again", "--differing")
    #expect(none.stdout.contains("Nothing to copy"), "\(none)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
  }

  @Test("--filter copies what matches; one that matches nothing changes nothing", arguments: TestServer.one)
  func filter(server: TestServer) async throws {
    let migration = try await verified(server)
    let refused = try await migration.run("copy", "--again", "--filter", "third", exits: 1)
    #expect(refused.stderr.contains("--filter matches no hypertable"), "\(refused)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    try migration.target.execute("DELETE FROM first")
    let copied = try await migration.run("copy", "--again", "--filter", #"public\.first"#)
    #expect(copied.stdout.contains("To be copied again: 4 chunks"), "\(copied)")
    #expect(
      try migration.target.tasks(where: "verified IS NULL") == 4
        && migration.target.tasks(where: "verified IS NULL AND hypertable_name = 'second'") == 0)
    try await migration.run("verify")
    try expectSame(migration)
  }

  @Test("says on the command line what it needs", arguments: TestServer.one)
  func usage(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "")
    let refused = try await migration.run("copy", "--again", exits: 2)
    #expect(refused.stderr.contains("copy takes --again only with --differing or --filter"), "\(refused)")
  }

  @Test("doesn't empty the target where the source has lost its rows", arguments: TestServer.one)
  func shrinking(server: TestServer) async throws {
    let migration = try await verified(server)
    try migration.source.execute("DELETE FROM first WHERE time < '2024-01-02Z' AND time > '2024-01-01Z'")
    let refused = try await migration.run("copy", "--again", "--filter", "first", exits: 1)
    #expect(refused.stderr.contains("--allow-shrinking"), "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM first WHERE time < '2024-01-02Z'") == "24")
    // The next copy, with whatever options, goes on.
    try await migration.run("copy", "--allow-shrinking")
    try await migration.run("verify")
    try expectSame(migration)
  }

  @Test(
    "leaves a chunk alone that a running verify has in its hands, and names it", arguments: TestServer.one)
  func beside(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-04T12:00:00Z")
    try await migration.run("copy")
    let gate = try Gate(closedOn: migration.target, when: "NEW.verified IS NOT NULL")
    let verifying = try migration.backfill.start(["verify", "-p1"])
    try await gate.waitForArrivals(1)
    let copied = try await migration.run("copy", "--again", "--filter", "first|second", exits: 1)
    #expect(copied.stdout.contains("To be copied again: 7 chunks"), "\(copied)")
    #expect(copied.stderr.contains("1 chunk left as before, because others are working on them"), "\(copied)")
    #expect(copied.stderr.contains("_hyper_"), "\(copied)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
    try gate.open()
    #expect(try await verifying.wait().exitCode == 0)
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    try expectSame(migration)
  }

  @Test("two at once copy each chunk once more at least, and right", arguments: TestServer.one)
  func twice(server: TestServer) async throws {
    let migration = try await verified(server)
    try migration.target.execute("DELETE FROM first; DELETE FROM second")
    let both = try (1...2).map { _ in
      try migration.backfill.start(["copy", "--again", "--filter", "first|second", "-p2"])
    }
    for running in both {
      let outcome = try await running.wait()
      // What the other one had in its hands just then is told.
      #expect(outcome.exitCode == 0 || outcome.stderr.contains("left as before"), "\(outcome)")
    }
    try await migration.run("copy")
    try await migration.run("verify")
    try expectSame(migration)
  }

  @Test("killed before it has taken all chunks has taken none", arguments: TestServer.one)
  func killedWhileTaking(server: TestServer) async throws {
    let migration = try await verified(server)
    let gate = try Gate(closedOn: migration.target, when: "OLD.priority = 5 AND NEW.worked IS NULL")
    try await kill(try migration.backfill.start(["copy", "--again", "--filter", "first|second"]), at: gate)
    try await endSessions(migration)
    try gate.open()
    #expect(try migration.target.tasks(where: "worked IS NULL OR verified IS NULL") == 0)
  }

  @Test(
    "killed before it has copied them has all of them to copy, and the next copy does",
    arguments: TestServer.ends)
  func killedBeforeCopying(server: TestServer) async throws {
    let migration = try await verified(server)
    try migration.source.execute("UPDATE first SET value = -1")
    let gate = try Gate(closedOn: migration.target, when: "NEW.worked IS NOT NULL")
    try await kill(
      try migration.backfill.start(["copy", "-p1", "--again", "--filter", "first|second"]), at: gate)
    try await endSessions(migration)
    try gate.open()
    #expect(try migration.target.tasks(where: "worked IS NULL AND verified IS NULL") == 8)
    let goingOn = try await migration.run("copy", "-p3")
    #expect(goingOn.stdout.contains("[8/8]"), "\(goingOn)")
    try await migration.run("verify")
    try expectSame(migration)
  }

  private func kill(_ running: RunningBackfill, at gate: Gate) async throws {
    try await gate.waitForArrivals(1)
    Glibc.kill(running.pid, SIGKILL)
    _ = try await running.wait()
  }

  /// Has the killed program's sessions end without going on: what they were sent has the COMMIT in it.
  private func endSessions(_ migration: Migration) async throws {
    let theirs = "datname = current_database() AND application_name LIKE 'timescaledb-backfill %'"
    try migration.target.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(theirs)")
    try await migration.target.wait(
      until: "NOT EXISTS (SELECT FROM pg_stat_activity WHERE \(theirs))")
  }
}

/// Aggregates of the target that have seen rows which are then copied again have to see the new ones.
@Suite("copy --again below continuous aggregates", .needs(TestServer.community))
struct CopyAgainAggregateTests {
  @Test("has refreshed aggregates computed again", arguments: TestServer.communityEnds, [false, true])
  func refreshed(server: TestServer, compressing: Bool) async throws {
    let migration = try await migration(server, compressing: compressing)
    try await migration.run("stage", "--until", "480", "--filter", "public.m$")
    try await migration.copyAndVerify()
    try refresh(migration.target)
    try migration.expectSame("tens")
    // A row that came in late.
    try migration.source.execute("UPDATE m SET val = 10000 WHERE t = 205")
    try refresh(migration.source)
    try await migration.run("verify", "--again", exits: 3)
    try await migration.run("copy", "--again", "--differing")
    try await migration.run("verify")
    try refresh(migration.target)
    try migration.expectSame("tens")
    try migration.expectSame("hundreds")
    // And once more.
    try migration.source.execute("UPDATE m SET val = 20000 WHERE t = 205")
    try refresh(migration.source)
    try await migration.run("copy", "--again", "--filter", "public.m$")
    try await migration.run("verify")
    try refresh(migration.target)
    try migration.expectSame("tens")
    try migration.expectSame("hundreds")
  }

  @Test("whose buckets were copied, too", arguments: TestServer.communityEnds)
  func copiedBuckets(server: TestServer) async throws {
    let source = try await server.makeDatabase()
    let target = try await server.makeDatabase()
    try prepare(source)
    try source.execute(IntegerHistory.rows(from: 0, to: 479))
    try refresh(source)
    // What the dump carries counts as computed.
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "480")
    try await migration.copyAndVerify()
    try source.execute("UPDATE m SET val = 10000 WHERE t = 205")
    try refresh(source)
    try await migration.run("verify", "--again", exits: 3)
    // The raw rows alone.
    try await migration.run("copy", "--again", "--filter", "public.m$")
    try refresh(target)
    try await migration.run("verify", "--again")
    try migration.expectSame("tens")
    try migration.expectSame("hundreds")
  }

  private func refresh(_ database: TestDatabase) throws {
    try database.execute(IntegerHistory.refresh("tens", from: nil, to: 480))
    try database.execute(IntegerHistory.refresh("hundreds", from: nil, to: 500))
  }

  private func prepare(_ database: TestDatabase) throws {
    for statement in IntegerHistory.schema { try database.execute(statement) }
  }

  private func migration(_ server: TestServer, compressing: Bool) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      try prepare(database)
      if compressing { try database.execute("ALTER TABLE m SET (timescaledb.compress)") }
    }
    try migration.source.execute(IntegerHistory.rows(from: 0, to: 479))
    try refresh(migration.source)
    if compressing { try migration.source.execute("SELECT compress_chunk(c) FROM show_chunks('m') AS c") }
    return migration
  }
}
