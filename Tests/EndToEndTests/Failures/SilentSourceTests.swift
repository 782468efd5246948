import Foundation
import Glibc
import TestServers
import Testing

@Suite("A source that stops answering while the target refuses a chunk", .needsServer)
struct SilentSourceTests {
  /// Two chunks of several blocks each: the target hears of rows while the source has more.
  private static let setup = """
    \(ProxiedMigration.hourly);
    INSERT INTO hourly SELECT h.time + n * interval '1 millisecond', h.device, h.note
    FROM hourly AS h, generate_series(1, 5) AS n WHERE h.time < '2024-01-01 02:00Z';
    """

  /// A copy whose first chunk the target has refused, after the source fell silent in the middle of sending it.
  ///
  /// - Parameter silence: after how many seconds the program asks whether it is there.
  private func refused(silence: Double = 20) async throws -> (rig: ProxiedMigration, running: RunningBackfill)
  {
    let rig = try await ProxiedMigration.on(
      #require(TestServer.newest), setup: Self.setup, until: "2024-01-01 02:00Z"
    ).asking(afterSilenceOf: silence)
    let holder = try rig.target.session()
    try holder.execute(
      """
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_catalog.pg_advisory_xact_lock_shared(4712);
        RAISE EXCEPTION 'refused' USING ERRCODE = '23514';
      END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON hourly FOR EACH ROW EXECUTE FUNCTION public.refuse();
      SELECT pg_advisory_lock(4712)
      """)
    rig.sourceProxy.throttle(20_000)
    let running = try rig.backfill.start(["copy", "-p1"])
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM \(TestDatabase.locks) WHERE locktype = 'advisory' AND NOT granted AND objid = 4712)
        """)
    rig.sourceProxy.hold()
    try holder.execute("SELECT pg_advisory_unlock(4712)")
    try await rig.target.wait(
      until: """
        NOT EXISTS (SELECT FROM \(TestDatabase.locks) WHERE locktype = 'advisory' AND NOT granted AND objid = 4712)
        """)
    return (rig, running)
  }

  private func threads(_ pid: Int32) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
  }

  @Test("is named when it doesn't answer the second question either, and costs no thread after thread")
  func named() async throws {
    let (rig, running) = try await refused(silence: 3)
    let before = try threads(running.pid)
    try await running.waitUntilOutput(contains: "the server has stopped answering", limit: .seconds(180))
    #expect(running.errors.contains("source: "), "\(running.errors)")
    #expect(try threads(running.pid) <= before + 4)
    rig.sourceProxy.heal()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("refused") && outcome.stderr.contains("2 chunks failed"), "\(outcome)")
  }

  @Test("doesn't keep the first signal from ending the run")
  func stopped() async throws {
    let (rig, running) = try await refused()
    await running.signal(SIGINT)
    let outcome = try await running.wait(limit: .seconds(45))
    // Silent to the end, which it would not be without somebody who holds it.
    rig.sourceProxy.heal()
    #expect(outcome.exitCode == 130, "\(outcome)")
  }
}
