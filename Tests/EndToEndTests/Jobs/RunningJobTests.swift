import TestServers
import TestTraits
import Testing

/// On servers of their own, where jobs run.
@Suite("A job that is at work", .needsCommunity) struct RunningJobTests {
  private static let job = """
    CREATE PROCEDURE slow(job_id int, config jsonb) LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); END';
    SELECT add_job('slow', '1 hour');
    """
  private static let worker = """
    FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'User-Defined Action%'
    """

  /// With the job running.
  private func rig(_ server: TestServer) async throws -> (rig: JobsRig, cluster: TestCluster) {
    let cluster = try await server.dedicatedCluster(extraSettings: [
      "timescaledb.max_background_workers": "8", "max_worker_processes": "24",
      // Otherwise it looks for new databases once a minute.
      "timescaledb.bgw_launcher_poll_time": "200",
    ])
    let target = try await cluster.makeDatabase(version: server.timescaleVersion)
    // A scheduler that was started between the database and its extension ends, and is not always started again. Before
    // there is a job: one that is ended by this is tried again in five minutes only.
    try target.executeAsSuperuser("SELECT _timescaledb_functions.restart_background_workers()")
    try target.execute(Self.job)
    try await target.wait(until: "EXISTS (SELECT \(Self.worker) AND state = 'active')")
    return (JobsRig(target), cluster)
  }

  @Test("is ended, named and waited for", arguments: TestServer.communityEnds)
  func ended(server: TestServer) async throws {
    let (rig, cluster) = try await rig(server)
    let list = try await rig.run("jobs", "list")
    #expect(list.stdout.contains("running"), "\(list)")
    let off = try await rig.run("jobs", "off")
    #expect(off.stdout.contains("slow (job 1000) was running since 20"), "\(off)")
    #expect(off.stdout.contains("Turned off 1 job"), "\(off)")
    #expect(try rig.target.value("SELECT count(*) \(Self.worker)") == "0")
    try await rig.run("jobs", "on")
    #expect(try rig.target.value(JobsTable.scheduled) == "1")
    withExtendedLifetime(cluster) {}
  }

  @Test("and doesn't end is named, with its process", arguments: TestServer.oneCommunity)
  func stillRunning(server: TestServer) async throws {
    let (rig, cluster) = try await rig(server)
    // Nobody is there to end it.
    try cluster.suspend("TimescaleDB Background Worker Scheduler")
    let process = try #require(try rig.target.value("SELECT pid \(Self.worker)"))
    let off = try await rig.run("jobs", "off", exits: 1)
    #expect(
      off.stderr.contains("slow (job 1000) is turned off, but still running in server process \(process)"))
    #expect(try rig.target.value(JobsTable.scheduled) == "0")
    // What the message says to run.
    let statement = try #require(off.stderr.firstMatch(of: /SELECT pg_terminate_backend\(\d+\)/)).output
    _ = try rig.target.value(String(statement))
    try await rig.target.wait(until: "NOT EXISTS (SELECT \(Self.worker))")
  }
}
