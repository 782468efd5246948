import TestServers
import TestTraits
import Testing

@Suite(
  "A full disk", .needsServer,
  .needsScarceDisk)
struct FullDiskTests {
  private static let table = """
    CREATE TABLE bulky (time timestamptz NOT NULL, device int, note text) %;
    SELECT create_hypertable('bulky', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO bulky SELECT t, d, repeat(md5(t::text || d), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-20 23:00Z', '10 min') AS t, generate_series(1, 3) AS d;
    """

  @Test("on the target stops the run with what to do, and nothing is lost", arguments: TestServer.one)
  func target(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    let disk = try await ScarceDisk(of: cluster, megabytes: 24)
    try cluster.executeAsSuperuser("CREATE TABLESPACE scarce LOCATION \(quotedLiteral(disk.location))")
    try cluster.executeAsSuperuser("GRANT CREATE ON TABLESPACE scarce TO \(TestCluster.appUser)")
    let migration = Migration(
      from: try await server.makeDatabase(setup: Self.table.replacing("%", with: "") + Self.rows),
      to: try await cluster.makeDatabase(
        version: server.timescaleVersion, setup: Self.table.replacing("%", with: "TABLESPACE scarce")))
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy", "-p1", "--max-rate", "100MB")
    try migration.target.execute(
      "UPDATE __backfill.task SET worked = NULL WHERE priority > 5; DELETE FROM bulky WHERE time < '2024-01-16Z'"
    )
    let kept = try migration.target.contents(of: "bulky")
    try disk.fill()
    let stopped = try await migration.run("copy", "-p2", exits: 1)
    for fact in ["53100", "the target's disk is full", "make room on the target's disk", "chunks left"] {
      #expect(stopped.stderr.contains(fact), "\(fact): \(stopped)")
    }
    // One for each worker, and the others weren't even begun.
    #expect((1...2).contains(try migration.target.tasks(where: "attempts > 0")), "\(stopped)")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 15)
    #expect(try migration.target.contents(of: "bulky") == kept)
    disk.empty()
    try await migration.copyAndVerify()
    try migration.expectSame("bulky")
  }
}
