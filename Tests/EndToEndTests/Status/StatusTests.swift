import Foundation
import TestServers
import Testing

@testable import backfill

@Suite("status", .needsServer) struct StatusTests {
  private func staged(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  @Test("tells what it comes to from the first day to the last", arguments: TestServer.one)
  func life(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let absent = try await migration.status()
    #expect(absent.gist == "done 0 stage")
    #expect(absent["staged"] as? Bool == false)
    try await migration.run("stage", "--until", "2024-02-01")
    let fresh = try await migration.status()
    #expect(fresh.gist == "waiting 5 copy")
    #expect(fresh.count("tasks", "all") == 5)
    #expect(fresh.count("chunks", "copied") == 0)

    for (command, done) in [("copy", "copied"), ("verify", "verified")] {
      let gate = try Gate(closedOn: migration.target, when: "NEW.priority > 1")
      let running = try migration.backfill.start([command, "-p2"])
      try await gate.waitForArrivals(2)
      try await expectAtWork(migration, command, running.pid)
      try gate.open()
      #expect(try await running.wait().exitCode == 0)
      let after = try await migration.status()
      #expect(after.gist == (command == "copy" ? "waiting 5 verify" : "done 0 clean"))
      #expect(after.count("tasks", done) == 5)
      #expect(after.objects("troubles").isEmpty)
      let runs = after.objects("runs")
      #expect(runs.first?["state"] as? String == "ended")
      #expect(runs.first?["outcome"] as? String == "done")
    }
    let rows = try migration.target.value("SELECT count(*) FROM stated").flatMap { Int($0) }
    #expect(try await migration.status().count("rows") == rows)
    let bytes = try migration.target.value("SELECT sum(copied_bytes) FROM __backfill.task")
    #expect(try await migration.status().count("bytes", "copied") == bytes.flatMap { Int($0) })
    let text = try await migration.statusText()
    #expect(text.exitCode == 0)
    #expect(text.stdout.contains("Done: all chunks are copied and verified"), "\(text)")
    #expect(text.stdout.contains("Next: timescaledb-backfill clean"), "\(text)")
  }

  /// Two workers stand at the gate, each with a task.
  private func expectAtWork(_ migration: Migration, _ command: String, _ pid: Int32) async throws {
    let seen = try await migration.status()
    #expect(seen.gist == "running 4 -", "\(seen.outcome)")
    #expect(seen.count("tasks", "running") == 2, "\(seen.outcome)")
    let run = try #require(seen.objects("runs").first)
    #expect(run["command"] as? String == command)
    #expect(run["state"] as? String == "running")
    #expect(run["process"] as? Int == Int(pid))
    let workers = try #require(run["workers"] as? [[String: Any]])
    let places = workers.compactMap { $0["task"] as? [String: Any] }
    #expect(Set(places.compactMap { $0["priority"] as? Int }).count == 2, "\(seen.outcome)")
    for place in places {
      #expect(place["hypertable"] as? String == #""public"."stated""#)
      let priority = try #require(place["priority"] as? Int)
      let chunk = try migration.target.query(
        """
        SELECT format('"%s"."%s"', chunk_schema, chunk_name),
          to_char(to_timestamp((dimensions -> 0 ->> 'range_start')::bigint / 1000000) AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        FROM __backfill.task WHERE priority = \(priority)
        """)
      #expect(place["chunk"] as? String == chunk.first?[0])
      #expect(place["from"] as? String == chunk.first?[1])
    }
    let text = try await migration.statusText()
    #expect(text.exitCode == 4)
    #expect(text.stdout.contains("Running: \(command)"), "\(text)")
    #expect(text.stdout.contains(#""public"."stated" from 2024-01-0"#), "\(text)")
  }

  @Test("tells of a killed run, whose work is free", arguments: TestServer.one)
  func killed(server: TestServer) async throws {
    let migration = try await staged(server)
    let (running, gate) = try await migration.startAtGate(workers: 2)
    await running.signal(SIGKILL)
    _ = try await running.wait()
    // What waits at the gate could still commit.
    try await migration.target.wait(
      until:
        "count(*) = 0 FROM pg_stat_activity WHERE application_name = 'timescaledb-backfill copy' AND datname = current_database()"
    )
    try gate.open()
    let seen = try await migration.status()
    #expect(seen.gist == "waiting 5 copy", "\(seen.outcome)")
    #expect(seen.objects("troubles").map { $0["kind"] as? String } == ["dead-run"])
    #expect(seen.objects("runs").first?["state"] as? String == "dead")
    try await migration.run("copy")
    let after = try await migration.status()
    #expect(after.objects("troubles").isEmpty, "\(after.outcome)")
  }

  @Test("doesn't take a run for living that stands still", arguments: TestServer.one)
  func silent(server: TestServer) async throws {
    let migration = try await staged(server)
    let (frozen, gate) = try await migration.startAtGate(workers: 2)
    await frozen.signal(SIGSTOP)
    try await migration.target.wait(
      until: """
        bool_and(query_start < clock_timestamp() - interval '15.5 seconds') FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'timescaledb-backfill copy'
        """)
    let seen = try await migration.status()
    #expect(seen.gist == "waiting 5 copy", "\(seen.outcome)")
    #expect(seen.objects("runs").first?["state"] as? String == "silent")
    #expect(seen.objects("troubles").contains { $0["kind"] as? String == "silent-run" }, "\(seen.outcome)")
    await frozen.signal(SIGCONT)
    try await migration.target.wait(
      until: """
        bool_or(query_start > clock_timestamp() - interval '5 seconds') FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'timescaledb-backfill copy'
        """)
    #expect(try await migration.status().gist == "running 4 -")
    try gate.open()
    #expect(try await frozen.wait().exitCode == 0)
  }

  @Test("names who has a task locked, and asks for no lock to find that out", arguments: TestServer.one)
  func lockedTask(server: TestServer) async throws {
    let migration = try await staged(server)
    let holder = try migration.target.session()
    try holder.execute("BEGIN; SELECT FROM __backfill.task WHERE priority = 2 FOR UPDATE")
    let seen = try await migration.status()
    let trouble = try #require(seen.objects("troubles").first)
    #expect(trouble["kind"] as? String == "locked-task")
    #expect(trouble["backend"] as? Int == Int(holder.backendPID))
    let chunk = try #require(
      try migration.target.value(
        "SELECT format('\"%s\".\"%s\"', chunk_schema, chunk_name) FROM __backfill.task WHERE priority = 2"))
    let message = try #require(trouble["message"] as? String)
    #expect(message.contains(chunk) && message.contains(#""public"."stated" from 2024-01-0"#), "\(message)")
    #expect(
      message.contains("role app, \"backfill-tests\" from 127.0.0.1, idle in transaction since 20"),
      "\(message)")
    try holder.execute("ROLLBACK")
    #expect(try await migration.status().objects("troubles").isEmpty)
  }

  @Test("names for whom a run waits", arguments: TestServer.one)
  func waiting(server: TestServer) async throws {
    let migration = try await staged(server)
    let holder = try migration.target.session()
    let chunk = try #require(
      try migration.target.value(
        "SELECT format('%I.%I', target_chunk_schema, target_chunk_name) FROM __backfill.task WHERE priority = 1"
      ))
    try holder.execute("BEGIN; LOCK TABLE \(chunk) IN SHARE MODE")
    let running = try migration.backfill.start(["copy", "-p1"])
    var found: [String: Any]?
    let deadline = ContinuousClock.now + .seconds(120)
    // A try for a lock is short, and there is a pause before the next.
    while found == nil, ContinuousClock.now < deadline {
      found = try await migration.status().objects("troubles").first { $0["kind"] as? String == "waiting" }
    }
    let trouble = try #require(found)
    #expect(trouble["backend"] as? Int == Int(holder.backendPID))
    let message = try #require(trouble["message"] as? String)
    #expect(message.contains("waits for lock on \(chunk) since 20"), "\(message)")
    #expect(message.contains("held by process \(holder.backendPID) (role app"), "\(message)")
    try holder.execute("ROLLBACK")
    #expect(try await running.wait().exitCode == 0)
  }

  @Test("tells of failures and differences, with hypertable and time", arguments: TestServer.one)
  func failures(server: TestServer) async throws {
    let migration = try await staged(server)
    try migration.target.execute("ALTER TABLE stated ADD CONSTRAINT bad CHECK (time <> '2024-01-03 05:00Z')")
    try await migration.run("copy", "-p2", exits: 1)
    let failed = try await migration.status()
    #expect(failed.gist == "failed 1 copy")
    #expect(failed.count("tasks", "failed") == 1)
    let failure = try #require(failed.objects("failures").first)
    #expect((failure["message"] as? String)?.contains("bad") == true, "\(failed.outcome)")
    #expect((failure["task"] as? [String: Any])?["from"] as? String == "2024-01-03T00:00:00Z")
    #expect((failure["task"] as? [String: Any])?["to"] as? String == "2024-01-04T00:00:00Z")
    try migration.target.execute("ALTER TABLE stated DROP CONSTRAINT bad")
    try await migration.run("copy")
    try migration.target.execute("UPDATE stated SET value = -1 WHERE time = '2024-01-02Z'")
    try await migration.run("verify", exits: 3)
    let differs = try await migration.status()
    #expect(differs.gist.hasPrefix("differs 1 "), "\(differs.outcome)")
    #expect(differs.objects("failures").map { $0["kind"] as? String } == ["differs"])
    #expect(differs.count("tasks", "differing") == 1 && differs.count("tasks", "verified") == 4)
    let text = try await migration.statusText()
    #expect(text.stdout.contains("Different: 1 chunk differs from the source"), "\(text)")
    #expect(text.stdout.contains(#""public"."stated" from 2024-01-02 to 2024-01-03 (chunk"#), "\(text)")
  }

  @Test("reads a queue of the original tool as it is", arguments: TestServer.one)
  func original(server: TestServer) async throws {
    let migration = try await staged(server)
    try migration.target.makeQueueOriginal()
    try migration.target.execute(
      """
      UPDATE __backfill.task SET worked = '[2024-06-01,2024-06-02]' WHERE priority < 4;
      UPDATE __backfill.task SET verified = '[2024-06-01,2024-06-02]' WHERE priority = 1;
      UPDATE __backfill.task SET verify_message = 'differs' WHERE priority = 2
      """)
    let seen = try await migration.status()
    #expect(seen.gist == "differs 1 copy", "\(seen.outcome)")
    #expect(seen.count("tasks", "copied") == 3 && seen.count("chunks", "all") == 5)
    #expect(seen["bytes", "all"] is NSNull)
    #expect(seen.objects("failures").first?["message"] as? String == "differs")
    #expect(
      try migration.target.value(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = '__backfill.task'::regclass AND attnum > 0")
        == "12")
  }

  @Test("sees chunks in parts as one, and what they lack meanwhile", arguments: TestServer.one)
  func parts(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE parted (time timestamptz NOT NULL, device int NOT NULL, note text);
        SELECT create_hypertable('parted', 'time', chunk_time_interval => interval '1 day');
        CREATE INDEX ON parted (device);
        INSERT INTO parted SELECT t, d, repeat(md5(t::text || d), 6)
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:59Z', '50 seconds') AS t,
          generate_series(1, 20) AS d ORDER BY t;
        ANALYZE parted
        """)
    try migration.target.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    try await migration.run("stage", "-u", "2024-02-01", "--split-size", "1MB")
    let parts = try migration.target.tasks()
    #expect(parts > 2)
    let gate = try Gate(closedOn: migration.target, when: "NEW.priority > 1")
    let running = try migration.backfill.start(["copy", "-p1"])
    try await gate.waitForArrivals(1)
    let seen = try await migration.status()
    #expect(seen.count("tasks", "all") == parts && seen.count("chunks", "all") == 1)
    // Making the chunk ready for its parts is a task's first turn, so which part is done first isn't known.
    let copied = try migration.target.tasks(where: "worked IS NOT NULL")
    #expect(copied < parts)
    #expect(seen.count("tasks", "copied") == copied && seen.count("chunks", "copied") == 0, "\(seen.outcome)")
    let workers = try #require(seen.objects("runs").first?["workers"] as? [[String: Any]])
    let task = try #require(workers.first?["task"] as? [String: Any])
    let priority = try #require(task["priority"] as? Int)
    let part = try migration.target.value("SELECT part FROM __backfill.task WHERE priority = \(priority)")
    #expect(task["part"] as? Int == part.flatMap { Int($0) } && task["parts"] as? Int == parts)
    let deferred = try #require(seen.objects("deferred").first)
    #expect(deferred["kind"] as? String == "index" && deferred["parts_left"] as? Int == parts - copied)
    try gate.open()
    #expect(try await running.wait().exitCode == 0)
    #expect(try await migration.status().objects("deferred").isEmpty)
  }

  /// What the document has of each object that the manual's page describes.
  private static func objects(_ seen: [StatusDocument]) -> [(heading: String, [[String: Any]])] {
    let runs = seen.flatMap { $0.objects("runs") }
    let workers = runs.flatMap { $0["workers"] as? [[String: Any]] ?? [] }
    let locks = workers.compactMap { $0["waits_for"] as? [String: Any] }
    let failures = seen.flatMap { $0.objects("failures") }
    return [
      ("hypertable", seen.flatMap { $0.objects("hypertables") }), ("run", runs), ("worker", workers),
      ("holder", locks.flatMap { $0["holders"] as? [[String: Any]] ?? [] }),
      ("task", failures.compactMap { $0["task"] as? [String: Any] }), ("failure", failures),
      ("deferral", seen.flatMap { $0.objects("deferred") }),
      ("trouble", seen.flatMap { $0.objects("troubles") }),
    ]
  }

  @Test("has objects of each kind in its document, as documented", arguments: TestServer.one)
  func members(server: TestServer) async throws {
    let migration = try await staged(server)
    try migration.target.execute(
      "UPDATE __backfill.task SET attempts = 1, last_error = 'no' WHERE priority = 5")
    try migration.target.execute(
      """
      INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name)
      VALUES (1, 'index', 'a', 'b', 'c', 'd')
      """)
    // At the gate, a worker waits for a lock that a session of the tests has.
    let (running, gate) = try await migration.startAtGate(workers: 1)
    let seen = try await migration.status()
    try gate.open()
    _ = try await running.wait()
    for (heading, objects) in Self.objects([seen]) {
      #expect(!objects.isEmpty, "\(heading): \(seen.outcome)")
    }
  }

  @Test("has problems as documented, in a document that tells of an error", arguments: TestServer.one)
  func problem(server: TestServer) async throws {
    let migration = try await staged(server)
    let seen = try await migration.status(as: "host=/nonexistent")
    #expect(seen.gist == "failed 1 -")
    let problem = try #require(seen.objects("errors").first)
    #expect(problem["side"] as? String == "target")
  }
}
