import Glibc
import TestServers
import TestTraits
import Testing

/// A refresh of years is done in parts, and nothing of it is done twice.
@Suite("A refresh in parts", .needs(TestServer.community)) struct ResumedRefreshTests {
  /// A row at which the target stops for as long as somebody holds the lock.
  private static let held = 750
  private static let lock = 4711
  private static let schema = [
    IntegerHistory.schema[0],
    """
    CREATE FUNCTION passed(val int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN
      IF val = \(held) THEN PERFORM pg_advisory_lock_shared(\(lock)); PERFORM pg_advisory_unlock_shared(\(lock)); END IF;
      RETURN val;
    END $$
    """,
    """
    CREATE MATERIALIZED VIEW tens WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
    SELECT time_bucket(10, t) AS b, count(*) AS n, sum(passed(val)) AS s FROM m GROUP BY 1 WITH NO DATA
    """,
  ]
  private static let isHeld =
    "EXISTS (SELECT FROM \(TestDatabase.locks) WHERE locktype = 'advisory' AND objid = \(lock) AND NOT granted)"

  /// All raw rows are copied, the aggregate up to 300, and the source's is refreshed up to 1200.
  private func migration(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in Self.schema { try database.execute(statement) }
    }
    try migration.source.execute(IntegerHistory.rows(from: 0, to: 1199))
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 300))
    try await migration.run("stage", "--until", "1200")
    try await migration.copyAndVerify()
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 1200))
    return migration
  }

  /// Has the refresh arrive at the held row, ends the program there by a signal, and lets the server go on.
  private func interrupted(_ migration: Migration, by signal: Int32) async throws -> BackfillProcess.Outcome {
    let holder = try migration.target.session()
    try holder.execute("SELECT pg_advisory_lock(\(Self.lock))")
    let running = try migration.backfill.start(["refresh-caggs"])
    try await running.waitUntilOutput(contains: "[1/9] Refreshed")
    try await migration.target.wait(until: Self.isHeld)
    await running.signal(signal)
    if signal == SIGKILL {
      let outcome = try await running.wait()
      try migration.target.executeAsSuperuser(
        """
        SELECT pg_terminate_backend(pid) FROM \(TestDatabase.locks)
        WHERE locktype = 'advisory' AND objid = \(Self.lock) AND NOT granted
        """
      )
      try await migration.target.wait(until: "NOT \(Self.isHeld)")
      return outcome
    }
    try await running.waitUntilOutput(contains: "topping")
    try holder.execute("SELECT pg_advisory_unlock(\(Self.lock))")
    return try await running.wait()
  }

  @Test("goes on where it was after a kill", arguments: TestServer.community)
  func killed(server: TestServer) async throws {
    let migration = try await migration(server)
    let killed = try await interrupted(migration, by: SIGKILL)
    #expect(killed.ending == .signaled(SIGKILL), "\(killed)")
    // Four parts are there, of 100 each, and no more.
    #expect(try migration.target.value("SELECT max(b) FROM tens") == "690")
    let resumed = try await migration.run("refresh-caggs")
    #expect(resumed.stdout.contains(#"Refreshed "public"."tens" from 700 to 1200"#), "\(resumed)")
    try migration.expectSame("tens")
    #expect(try migration.target.value("SELECT count(*) FROM tens") == "120")
    #expect(try await migration.run("refresh-caggs").stdout.contains("1 up to date already"))
  }

  @Test(
    "goes on where it was after Ctrl-C, which waits for the part in work", arguments: TestServer.communityEnds
  )
  func stopped(server: TestServer) async throws {
    let migration = try await migration(server)
    let stopped = try await interrupted(migration, by: SIGINT)
    #expect(stopped.exitCode == 130, "\(stopped)")
    #expect(try migration.target.value("SELECT max(b) FROM tens") == "790")
    let resumed = try await migration.run("refresh-caggs")
    #expect(resumed.stdout.contains(#"Refreshed "public"."tens" from 800 to 1200"#), "\(resumed)")
    try migration.expectSame("tens")
  }

  @Test(
    "computes what has changed since where it was done before, and everything when it is forced",
    arguments: TestServer.community)
  func changed(server: TestServer) async throws {
    let migration = try await migration(server)
    let (source, target) = (migration.source, migration.target)
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    for database in [source, target] { try database.execute("INSERT INTO m VALUES (655, 7)") }
    try source.execute(IntegerHistory.refresh("tens", from: 600, to: 700))
    let changed = try await migration.run("refresh-caggs")
    #expect(changed.stdout.contains(#"Refreshed "public"."tens" from 600 to 700"#), "\(changed)")
    try migration.expectSame("tens")
    // A change that TimescaleDB knows nothing of.
    let materialized = try #require(
      try target.value(
        """
        SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
        FROM timescaledb_information.continuous_aggregates
        """))
    try target.execute("DELETE FROM \(materialized) WHERE b = 500")
    guard server.timescaleVersion >= TimescaleVersion(2, 18, 0) else { return }
    let forced = try await migration.run("refresh-caggs", "--force")
    #expect(forced.stdout.contains(#"Refreshed "public"."tens" from 300 to 1200"#), "\(forced)")
    try migration.expectSame("tens")
  }

  @Test("spares what loses its rows while earlier parts are computed", arguments: TestServer.communityEnds)
  func droppedMeanwhile(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("refresh-caggs")
    let holder = try migration.target.session()
    try holder.execute("SELECT pg_advisory_lock(\(Self.lock))")
    let running = try migration.backfill.start(["refresh-caggs", "--force"])
    try await migration.target.wait(until: Self.isHeld)
    let dropped = try migration.target.query("SELECT drop_chunks('m', older_than => 1000, newer_than => 900)")
    #expect(dropped.count == 1)
    try holder.execute("SELECT pg_advisory_unlock(\(Self.lock))")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stdout.contains("from 900 to 990"), "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE t BETWEEN 900 AND 999") == "0")
    // Nothing could compute these again.
    try migration.expectSame("tens")
  }

  @Test(
    "begins anew with an aggregate that was dropped and made again since", arguments: TestServer.community)
  func remade(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("refresh-caggs")
    try migration.target.execute("DROP MATERIALIZED VIEW tens")
    try migration.target.execute(Self.schema[2])
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
    #expect(try migration.target.value("SELECT count(*) FROM tens") == "120")
  }

  @Test("and so where nothing was copied into either", arguments: TestServer.community)
  func remadeWithoutCopies(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "", targetSetup: "")
    for database in [migration.source, migration.target] {
      for statement in Self.schema { try database.execute(statement) }
      // Later than what is staged: the application has written it to both.
      try database.execute(IntegerHistory.rows(from: 1500, to: 1699))
    }
    try migration.source.execute(IntegerHistory.refresh("tens", from: nil, to: 1700))
    try await migration.run("stage", "--until", "1000")
    for _ in 1...2 {
      try await migration.run("refresh-caggs")
      try migration.expectSame("tens")
      #expect(try migration.target.value("SELECT count(*) FROM tens") == "20")
      try migration.target.execute("DROP MATERIALIZED VIEW tens")
      try migration.target.execute(Self.schema[2])
    }
  }

  @Test(
    "isn't done with an aggregate whose copied buckets went with the one before it",
    arguments: TestServer.communityEnds)
  func droppedBuckets(server: TestServer) async throws {
    let migration = try await migration(server)
    for database in [migration.source, migration.target] {
      #expect(try database.query("SELECT drop_chunks('m', older_than => 200)").count == 2)
    }
    try await migration.run("refresh-caggs")
    try migration.target.execute("DROP MATERIALIZED VIEW tens")
    try migration.target.execute(Self.schema[2])
    let lacking = try await migration.run("refresh-caggs", exits: 1)
    #expect(lacking.stderr.contains("buckets from 0 to 190 that the target lacks"), "\(lacking)")
    #expect(lacking.stderr.contains("was dropped and created again"), "\(lacking)")
    #expect(try migration.target.value("SELECT min(b), count(*) FROM tens") == "200")
    // What it says to do.
    let staged = try await migration.run("stage", "--until", "1200")
    #expect(
      staged.stdout.contains(
        #""public"."tens" was dropped and created again, or replaced, on the target after 1 chunk"#),
      "\(staged)")
    try await migration.copyAndVerify()
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
  }

  @Test("begins anew where chunks were copied since", arguments: TestServer.oneCommunity)
  func copiedSince(server: TestServer) async throws {
    let migration = try await migration(server)
    try await migration.run("refresh-caggs")
    try migration.source.execute("UPDATE m SET val = val + 1 WHERE t = 555")
    try migration.source.execute(IntegerHistory.refresh("tens", from: 500, to: 600))
    try await migration.run("copy", "--again", "--filter", "public.m$")
    try await migration.run("refresh-caggs")
    try migration.expectSame("tens")
  }
}
