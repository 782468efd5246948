import Glibc
import TestServers
import Testing

@Suite("A shared queue", .needsServer) struct SharedQueueTests {
  private static let setup = """
    CREATE TABLE shared (time timestamptz NOT NULL, device int);
    SELECT create_hypertable('shared', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO shared SELECT t, d
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 15:59Z', '10 minutes') AS t,
      generate_series(1, 50) AS d;
    """

  @Test("is worked off by two copies at once, each task by one", arguments: TestServer.one)
  func twoCopies(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    let gate = try Gate(closedOn: migration.target)
    let first = try migration.backfill.start(["copy", "-p2"])
    let second = try migration.backfill.start(["copy", "-p2"])
    try await gate.waitForArrivals(4)
    try gate.open()
    let outcomes = [try await first.wait(), try await second.wait()]
    var chunks: [String] = []
    for outcome in outcomes {
      #expect(outcome.exitCode == 0, "\(outcome)")
      let copied = outcome.copiedChunks
      #expect(copied.count >= 2, "\(outcome)")
      chunks += copied
    }
    #expect(chunks.count == 40)
    #expect(Set(chunks).count == 40)
    try await migration.run("verify")
    try migration.expectSame("shared", where: "time < '2024-01-02 15:30Z'")
  }

  @Test("is waited for while the command before is just ending", arguments: TestServer.one)
  func ending(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    // One thread uses it at a time: what waits here is awaited below.
    nonisolated(unsafe) let before = try migration.target.session()
    try before.execute("SELECT pg_advisory_lock(x'6261636b66696c6c'::bigint)")
    // The program waits for seconds only, so the server itself gives the lock back, once it was waited for: what is asked
    // last before each pause is who has it.
    let ending = Task(executorPreference: TestThreads.all) {
      try before.execute(
        """
        DO $$ BEGIN
          WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'timescaledb-backfill copy' AND query LIKE '%locktype = ''advisory''%')
          LOOP
            PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
          END LOOP;
          PERFORM pg_advisory_unlock(x'6261636b66696c6c'::bigint);
        END $$
        """)
    }
    let outcome = try await migration.backfill.start(["copy"]).wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try await ending.value
  }

  @Test("is not staged anew or cleaned while it is being worked off", arguments: ["copy", "verify"])
  func inUse(command: String) async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    if command == "verify" { try await migration.run("copy") }
    let (running, gate) = try await migration.startAtGate(command, workers: 2)
    for arguments in [["clean"], ["stage", "--until", "2024-02-01"]] {
      let refused = try await migration.backfill.run(arguments)
      #expect(refused.exitCode == 1, "\(refused)")
      // Program, command, host, process, since when.
      let holder = try Regex(
        #"in use by "timescaledb-backfill \#(command)" from 127\.0\.0\.1 \(server process [0-9]+\) since 20.* UTC"#
      )
      #expect(refused.stderr.firstMatch(of: holder) != nil, "\(refused)")
      #expect(refused.stderr.contains("wait until that has finished, or stop it first"), "\(refused)")
    }
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try migration.target.tasks() == 40)
  }

  @Test(
    "is not worked off, cleaned or staged by a second while it is being staged", arguments: TestServer.one)
  func whileStaging(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-01T15:30:00Z")
    let holder = try migration.target.session()
    try holder.execute("BEGIN; LOCK TABLE __backfill.task IN ACCESS EXCLUSIVE MODE")
    let staging = try migration.backfill.start(["stage", "--until", "2024-01-02T15:30:00Z"])
    try await migration.target.wait(
      until: """
        count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND application_name LIKE 'timescaledb-backfill stage%'
        """)
    for arguments in [["copy"], ["verify"], ["clean"], ["stage", "--until", "2024-01-01"]] {
      let refused = try await migration.backfill.run(arguments)
      #expect(refused.exitCode == 1, "\(refused)")
      #expect(
        refused.stderr.contains(#"in use by "timescaledb-backfill stage" from 127.0.0.1 (server process "#),
        "\(refused)")
    }
    try holder.execute("ROLLBACK")
    #expect(try await staging.wait().exitCode == 0)
    try await migration.copyAndVerify()
    try migration.expectSame("shared", where: "time < '2024-01-02 15:30Z'")
  }

  @Test("stays held by a copy whose own session was cut, as long as that copies", arguments: TestServer.one)
  func heldAgain(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    let (running, gate) = try await migration.startAtGate(workers: 2)
    let lost = try migration.target.loseQueueSession()
    try await migration.target.wait(
      until: "count(*) = 1 AND min(pid) <> \(lost) \(TestDatabase.queueSessions)")
    let refused = try await migration.run("clean", exits: 1)
    #expect(refused.stderr.contains("in use by"), "\(refused)")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    // libpq has nothing to say by itself, and the program only what the test does to it.
    let said = outcome.stderr.split(separator: "\n").filter { !$0.contains("waiting for a lock (advisory)") }
    #expect(said.isEmpty, "\(outcome)")
    try await migration.run("verify")
  }

  @Test("gets back at once what a killed copy had, without waiting for what its session waits for")
  func killed() async throws {
    let migration = try await Migration.on(try #require(TestServer.newest), setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    let (first, gate) = try await migration.startAtGate(workers: 2)
    let second = try migration.backfill.start(["copy", "-p1"])
    try await gate.waitForArrivals(3)
    await first.signal(SIGKILL)
    _ = try await first.wait()
    // The gate is still closed, so the dead copy's sessions can't just have ended by themselves.
    try await gate.waitForArrivals(1)
    try gate.open()
    let outcome = try await second.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.copiedChunks.count == 40, "\(outcome)")
    try await migration.run("verify")
    try migration.expectSame("shared", where: "time < '2024-01-02 15:30Z'")
  }

  @Test(
    "has no task done twice when one copy loses its sessions with tasks in flight", arguments: TestServer.one
  )
  func lostSessions(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-01-02T15:30:00Z")
    try rig.target.noteDoneTasks()
    let (loser, gate) = try await rig.startAtGate(workers: 2)
    let other = try rig.migration.backfill.start(["copy", "-p2"])
    try await gate.waitForArrivals(4)
    rig.targetProxy.cutAll()
    try await loser.waitUntilOutput(contains: "connecting again")
    try gate.open()
    let outcomes = [try await loser.wait(), try await other.wait()]
    for outcome in outcomes { #expect(outcome.exitCode == 0, "\(outcome)") }
    let copied = outcomes.flatMap(\.copiedChunks)
    #expect(copied.count == 40 && Set(copied).count == 40, "\(outcomes)")
    #expect(try rig.target.value("SELECT count(*) || ' ' || count(DISTINCT priority) FROM done") == "40 40")
    try await rig.run("verify")
    try rig.migration.expectSame("shared", where: "time < '2024-01-02 15:30Z'")
  }
}

extension BackfillProcess.Outcome {
  /// The chunks that standard output says were copied, in its order.
  var copiedChunks: [String] {
    stdout.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix("["), let verb = line.firstRange(of: "] Copied ") else { return nil }
      return String(line[verb.upperBound...].prefix { $0 != " " })
    }
  }
}
