import Foundation
import TestServers
import TestTraits
import Testing

@Suite("Through files", .needsServer) struct ArchiveTests {
  @Test(
    "all rows arrive, in chunks like the source's, and both commands have nothing left",
    arguments: TestServer.all)
  func roundTrip(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    // Replaced, as it is in the window.
    try rig.target.execute("INSERT INTO m (time, dev) VALUES ('2024-01-03 12:34Z', -1)")
    let exported = try await rig.export()
    #expect(exported.stdout.contains("from 8 chunks"), "\(exported)")
    #expect(exported.stdout.contains("[8/8] Exported \"_timescaledb_internal\"."), "\(exported)")
    // Four chunks are compressed, one of them with a row beside.
    #expect(try rig.files(".copy.zst").count == (server.isCommunity ? 5 : 8))
    #expect(try rig.files(".batches.zst").count == (server.isCommunity ? 4 : 0))
    #expect(
      exported.stdout.contains("4 chunks of the archive as compressed batches") == server.isCommunity,
      "\(exported)")
    #expect(try rig.files(".part") == [])
    let again = try await rig.export()
    #expect(
      again.stdout.contains("from 0 chunks") && again.stdout.contains("8 files finished before"), "\(again)")
    #expect(!again.stderr.contains("runs"), "\(again)")
    let imported = try await rig.import()
    #expect(imported.stdout.contains("from 8 files"), "\(imported)")
    let verified = try await rig.verify()
    #expect(verified.stdout.contains("Verified 8 chunks"), "\(verified)")
    try rig.expectSame("m")
    let ranges = """
      SELECT range_start, range_end, is_compressed FROM timescaledb_information.chunks
      WHERE hypertable_name = 'm' ORDER BY 1
      """
    #expect(try rig.source.query(ranges) == rig.target.query(ranges))
    let more = try await rig.import()
    #expect(more.stdout.contains("Nothing to import: all files of the archive (8)"), "\(more)")
    let status = try await rig.importer.run(["status"])
    #expect(status.exitCode == 0, "\(status)")
    #expect(try rig.target.value("SELECT count(*) FROM __backfill.run WHERE command = 'import'") == "1")
    let cleaned = try await rig.importer.run(["clean"])
    #expect(cleaned.exitCode == 0, "\(cleaned)")
  }

  @Test(
    "another server takes what an older one has written", .needs(TestServer.oneCommunity),
    arguments: TestServer.oneCommunity)
  func upwards(server: TestServer) async throws {
    let oldest = try #require(TestServer.communityEnds.first)
    let rig = try ArchiveRig(
      from: try await oldest.makeDatabase(
        setup: ArchivedTable.schema(compressed: true) + ArchivedTable.rows + ArchivedTable.compression),
      to: try await server.makeDatabase(setup: ArchivedTable.schema(compressed: true)))
    if oldest.timescaleVersion != server.timescaleVersion {
      try await rig.export()
      let refused = try await rig.import(exits: 1)
      #expect(refused.stderr.contains("4 chunks as compressed batches of TimescaleDB"), "\(refused)")
      #expect(refused.stderr.contains("export again with --rows"), "\(refused)")
      #expect(try rig.target.value("SELECT to_regnamespace('__backfill') IS NULL") == "t")
      try FileManager.default.removeItem(atPath: rig.archive)
    }
    try await rig.export("--rows")
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
    // With both reachable, verify compares the databases themselves, where their versions are the same.
    guard oldest.timescaleVersion == server.timescaleVersion else { return }
    let verified = try await Migration(from: rig.source, to: rig.target).run("verify", "--again")
    #expect(verified.stdout.contains("Verified 8 chunks"), "\(verified)")
  }

  @Test("the window ends where it is asked to, inside a chunk too", arguments: TestServer.ends)
  func window(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    let live = "INSERT INTO m (time, dev) VALUES ('2024-01-06 13:00Z', -5), ('2024-01-02 03:00Z', -5)"
    try rig.target.execute(live)
    try await rig.export("--from", "2024-01-02 06:00Z", "--until", "2024-01-06 12:00Z")
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m", where: "time >= '2024-01-02 06:00Z' AND time < '2024-01-06 12:00Z'")
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE dev = -5") == "2")
    #expect(
      try rig.target.value(
        "SELECT count(*) FROM m WHERE time < '2024-01-02 06:00Z' OR time >= '2024-01-06 12:00Z'") == "2")
  }

  @Test(
    "a file is readable without the program", .needs(TestServer.oneWithClients),
    .needsProgram("zstd", package: "zstd"), arguments: TestServer.oneWithClients)
  func plain(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    try await rig.export("--rows")
    for file in try rig.files(".copy.zst") {
      let run = try await ShellScript(
        """
        set -o pipefail
        zstd -dc < '\(rig.archive)/\(file)' |
          psql -X -v ON_ERROR_STOP=1 -c '\\copy m from stdin binary' "$TARGET"
        """
      ).run(in: rig.directory, with: server, environment: ["TARGET": rig.target.connectionString])
      #expect(run.ending == .exited(0), "\(run)")
    }
    try rig.expectSame("m")
  }

  @Test("documents have the counts", arguments: TestServer.one)
  func documents(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    let exported = try #require(JSONValue(try await rig.export("--json").stdout))
    #expect(exported["outcome"]?.text == "done")
    #expect(exported["files.written"]?.integer == 8)
    #expect(exported["files.left"]?.integer == 0)
    #expect(exported["files.batches"]?.integer == (server.isCommunity ? 4 : 0))
    let imported = try #require(JSONValue(try await rig.import("--json").stdout))
    #expect(imported["files.done"]?.integer == 8)
    #expect(imported["rows"] == exported["rows"])
    let verified = try #require(JSONValue(try await rig.verify("--json").stdout))
    #expect(verified["tasks.verified"]?.integer == 8)
  }

  @Test(
    "aggregates go along, and are refreshed by the archive's watermarks", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func aggregates(server: TestServer) async throws {
    let schema = """
      CREATE TABLE r (time timestamptz NOT NULL, dev int NOT NULL, val int);
      SELECT create_hypertable('r', 'time', chunk_time_interval => interval '1 day');
      CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
        SELECT time_bucket('1 hour', time) AS bucket, dev, sum(val) AS total FROM r GROUP BY 1, 2 WITH NO DATA;
      """
    let migration = try await Migration.on(
      server,
      setup: schema + """

        INSERT INTO r SELECT t, d, d
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-08 23:30Z', '30 min') AS t,
          generate_series(1, 3) AS d;
        """,
      targetSetup:
        "CREATE TABLE first (t int NOT NULL); SELECT create_hypertable('first', 't', chunk_time_interval => 10);"
        + schema)
    let rig = try ArchiveRig(migration)
    try rig.source.execute("CALL refresh_continuous_aggregate('hourly', NULL, '2024-01-07Z')")
    try await rig.export("--until", "2024-01-06Z")
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("r", where: "time < '2024-01-06Z'")
    try rig.target.execute(
      """
      INSERT INTO r SELECT t, d, d
      FROM generate_series('2024-01-06Z'::timestamptz, '2024-01-08 23:30Z', '30 min') AS t, generate_series(1, 3) AS d
      """
    )
    let refreshed = try await rig.importer.run(
      ["refresh-caggs", "--watermarks-from", rig.archive + "/watermarks.json"])
    #expect(refreshed.exitCode == 0, "\(refreshed)")
    try rig.expectSame("hourly", where: "bucket < '2024-01-07Z'")
    #expect(try rig.target.value("SELECT count(*) FROM hourly WHERE bucket < '2024-01-07Z'") == "432")
  }
}
