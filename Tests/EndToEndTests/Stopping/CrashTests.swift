import Foundation
import Glibc
import TestServers
import Testing

@Suite("Crashes", .needsServer) struct CrashTests {
  /// A moment to kill at: after so many more chunks, and so long.
  struct Moment: Sendable {
    let chunks: Int
    let microseconds: UInt32

    /// Early ones when little is left, so that there is something left for the last kill.
    static func random(remaining: Int, using random: inout SeededRandom) -> Moment {
      Moment(
        chunks: remaining > 40 ? Int.random(in: 0...3, using: &random) : 0,
        microseconds: UInt32.random(in: 0...(remaining > 40 ? 60_000 : 10_000), using: &random))
    }
  }

  private static let tasks = 160

  /// 160 chunks, each of which takes some milliseconds.
  private static let setup = """
    CREATE TABLE crashed (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('crashed', 'time', chunk_time_interval => interval '1 hour');
    CREATE INDEX ON crashed (device, time);
    INSERT INTO crashed SELECT t, d, repeat(md5(t::text || d), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-07 15:59Z', '10 minutes') AS t,
      generate_series(1, 40) AS d;
    """

  @Test(
    "kill -9 at up to twenty moments of a copy leaves no row twice, none out, and no task to do again",
    arguments: TestServer.one)
  func kills(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute("INSERT INTO crashed VALUES ('2024-01-02 05:05Z', 1, 'replaced')")
    try await migration.run("stage", "--until", "2024-01-07T15:30:00Z")
    var done: [String: String] = [:]
    var kills = 0
    var random = SeededRandom.ofThisRun(for: "moments to kill a copy at")
    // A fast machine may be done before the last one.
    while kills < 20, done.count < Self.tasks {
      let moment = Moment.random(remaining: Self.tasks - done.count, using: &random)
      let ending = try await kill(migration, at: moment)
      done = try finished(migration, after: done)
      if ending == .signaled(SIGKILL) { kills += 1 }
      // What was over before its moment came had nothing left to do.
      #expect(
        ending == .signaled(SIGKILL) || ending == .exited(0) && done.count == Self.tasks,
        "kill \(kills) at \(moment): \(ending)")
    }
    #expect(kills >= 5, "the copy was over after a few kills")
    if done.count < Self.tasks { try await migration.run("copy", "-p3") }
    done = try finished(migration, after: done)
    #expect(done.count == Self.tasks)
    try await migration.run("verify")
    try migration.expectSame("crashed", where: "time < '2024-01-07 15:30Z'")
    #expect(try migration.target.value("SELECT count(*) FROM crashed WHERE note = 'replaced'") == "0")
  }

  private func kill(_ migration: Migration, at moment: Moment) async throws -> ProcessEnding {
    let running = try migration.backfill.start(["copy", "-p3"])
    // On a thread of its own, as other tests may keep Swift's threads busy for longer than the copy takes.
    let hasCome = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let deadline = ContinuousClock.now + .seconds(240)
        var hasCome = moment.chunks == 0
        while !hasCome, ContinuousClock.now < deadline {
          usleep(1000)
          hasCome = running.output.contains("[\(moment.chunks)/")
        }
        usleep(moment.microseconds)
        Glibc.kill(running.pid, SIGKILL)
        continuation.resume(returning: hasCome)
      }
    }
    #expect(hasCome, "\(moment) never came")
    return try await running.wait().ending
  }

  /// The tasks that are done and when, once the killed program's sessions are gone.
  private func finished(
    _ migration: Migration, after before: [String: String]
  ) throws -> [String: String] {
    let found = try migration.target.query(
      "SELECT priority, worked FROM __backfill.task WHERE worked IS NOT NULL")
    let now = Dictionary(
      found.map { ($0[0] ?? "", $0[1] ?? "") }, uniquingKeysWith: { first, _ in first })
    for (task, worked) in before { #expect(now[task] == worked, "task \(task) was done again") }
    return now
  }
}
