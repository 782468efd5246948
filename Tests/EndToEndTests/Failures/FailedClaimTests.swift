import TestServers
import Testing

@Suite("The message that ends a task and claims the next", .needsServer) struct FailedClaimTests {
  @Test(
    "when its claim is cancelled: the chunk before counts as copied, and the worker goes on",
    arguments: TestServer.one)
  func cancelledClaim(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    // Gets its lock between the commit and the claim.
    // One thread uses it at a time: what waits here is awaited below.
    nonisolated(unsafe) let locker = try migration.target.session()
    let lockerPID = locker.backendPID
    let locking = Task(executorPreference: TestThreads.all) { @Sendable in
      try locker.execute("BEGIN; LOCK TABLE __backfill.task IN ACCESS EXCLUSIVE MODE")
    }
    try await migration.target.wait(
      until: """
        EXISTS (SELECT FROM pg_locks WHERE pid = \(lockerPID) AND locktype = 'relation' AND NOT granted)
        """)
    try gate.open()
    try await locking.value
    let claim = try await migration.target.firstRow(
      of: """
        SELECT pid, query_start, pg_cancel_backend(pid) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE l.relation = '__backfill.task'::regclass AND NOT l.granted AND a.datname = current_database()
        """)
    // That very message: the next claim soon waits as this one did.
    try await migration.target.wait(
      until: """
        NOT EXISTS (SELECT FROM pg_stat_activity
          WHERE pid = \(claim[0] ?? "0") AND query_start = '\(claim[1] ?? "")' AND state = 'active')
        """)
    try locker.execute("ROLLBACK")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.copiedChunks.count == 5 && Set(outcome.copiedChunks).count == 5, "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL OR attempts > 0") == 0)
    try await migration.run("verify")
    try migration.expectSame("stated")
  }

  @Test(
    "when it is lost with a failure's record: the chunk is tried again, and the run doesn't say that it failed",
    arguments: TestServer.one)
  func lostRecord(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: QueueStateTests.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    try rig.target.execute(
      """
      CREATE SEQUENCE public.refusals;
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF pg_catalog.nextval('public.refusals') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '23514'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON stated FOR EACH ROW EXECUTE FUNCTION public.refuse()
      """)
    rig.targetProxy.loseAnswer(to: "SET attempts = attempts + 1", .undelivered)
    let outcome = try await rig.backfill.run(["copy", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(!outcome.stderr.contains("failed"), "\(outcome)")
    #expect(Set(outcome.copiedChunks).count == 5, "\(outcome)")
    try rig.target.execute("DROP FUNCTION public.refuse CASCADE")
    try await rig.run("verify")
    try rig.migration.expectSame("stated")
  }

  @Test("when the answer to a failure's record is lost: the failure is told once", arguments: TestServer.one)
  func lostAnswer(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: QueueStateTests.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    try rig.target.execute("ALTER TABLE stated ADD CONSTRAINT bad CHECK (time <> '2024-01-03 05:00Z')")
    rig.targetProxy.loseAnswer(to: "SET attempts = attempts + 1", .delivered)
    let outcome = try await rig.backfill.run(["copy", "-p1"])
    #expect(rig.targetProxy.cutsDone == 1)
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("1 chunk failed"), "\(outcome)")
    #expect(try rig.target.tasks(where: "worked IS NULL AND attempts = 1") == 1)
    #expect(outcome.copiedChunks.count == 4, "\(outcome)")
  }

  @Test(
    "when the target can't encode the failure's text: it is told whole, noted in ASCII, and the others go on")
  func unencodable() async throws {
    let server = try #require(TestServer.newest)
    let source = try await server.makeDatabase(setup: QueueStateTests.setup)
    let target = try await server.makeDatabase(
      options: DatabaseOptions(encoding: "LATIN1", locale: "C"),
      setup: """
        CREATE TABLE stated (time timestamptz NOT NULL, value int);
        SELECT create_hypertable('stated', 'time', chunk_time_interval => interval '1 day');
        """)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try source.execute("ALTER TABLE stated ADD COLUMN \"größe☃\" int")
    for attempt in 1...2 {
      let outcome = try await migration.run("copy", "-p2", exits: 1)
      #expect(outcome.stderr.contains("5 chunks failed"), "\(outcome)")
      #expect(outcome.stderr.contains("größe☃"), "\(outcome)")
      #expect(
        try target.tasks(
          where: "attempts = \(attempt) AND last_error LIKE '%gr\\\\u{f6}\\\\u{df}e\\\\u{2603}%'") == 5)
    }
    try source.execute("ALTER TABLE stated DROP COLUMN \"größe☃\"")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }
}
