import Foundation
import Glibc
import TestServers
import Testing

/// While a compressed chunk is copied nobody can read it: nothing may make that last.
@Suite("While others are locked out", .needsCommunity) struct HeldLockTests {
  /// Three compressed chunks of about 600 kB.
  private func staged(_ server: TestServer) async throws -> ProxiedMigration {
    let rig = try await ProxiedMigration.on(
      server,
      setup: """
        CREATE TABLE held (time timestamptz NOT NULL, device int, note text);
        SELECT create_hypertable('held', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE held SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
        INSERT INTO held SELECT t, d, md5(t::text || d) || md5(d || t::text)
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:59Z', '3 min') AS t, generate_series(1, 20) AS d;
        SELECT compress_chunk(c) FROM show_chunks('held') AS c;
        """)
    try await rig.run("stage", "--until", "2024-02-01")
    return rig
  }

  /// Reads everything, as an application would; a wait for more than a moment is a failure.
  private func read(_ rig: ProxiedMigration) throws {
    _ = try rig.target.session(limit: .seconds(4)).query("SELECT count(*) FROM held")
  }

  @Test("--max-rate is kept between chunks, not in the middle of one", arguments: TestServer.oneCommunity)
  func rate(server: TestServer) async throws {
    let rig = try await staged(server)
    let running = try rig.backfill.start(["copy", "-p1", "--max-rate", "100kB"])
    for number in 1...2 {
      try await running.waitUntilOutput(contains: "[\(number)/3]")
      try read(rig)
    }
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    // Two waits, for what had been moved before.
    #expect(outcome.duration > .seconds(6), "\(outcome)")
    try rig.migration.expectSame("held")
  }

  @Test(
    "a Ctrl-Z undoes the chunk before the program stops; it goes on where that is wanted",
    arguments: TestServer.oneCommunity)
  func suspended(server: TestServer) async throws {
    let rig = try await staged(server)
    rig.sourceProxy.throttle(50_000)
    let running = try rig.backfill.start(["copy", "-p1"])
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
          WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND a.datname = current_database() AND l.locktype = 'relation'
            AND a.application_name LIKE 'timescaledb-backfill%' AND a.query LIKE '%COPY%' AND a.state = 'active')
        """)
    await running.signal(SIGTSTP)
    let deadline = ContinuousClock.now + .seconds(30)
    while try state(of: running.pid) != "T" {
      try #require(ContinuousClock.now < deadline, "never stopped: \(running.errors)")
      try await Task.sleep(for: .milliseconds(10))
    }
    try read(rig)
    #expect(try rig.target.value("SELECT count(*) FROM held") == "0")
    rig.sourceProxy.throttle(nil)
    await running.signal(SIGCONT)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stderr.contains("suspending"), "\(outcome)")
    try rig.migration.expectSame("held")
  }

  /// T is stopped, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  private func state(of pid: Int32) throws -> String {
    let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    return String(text[text.index(text.lastIndex(of: ")") ?? text.startIndex, offsetBy: 2)...].prefix(1))
  }
}
