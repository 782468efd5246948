import Foundation
import Glibc
import TestServers
import Testing

@Suite("Exporting", .needsServer) struct ExportRunTests {
  /// Thirty small chunks.
  private static let many = """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, txt text);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO m SELECT t, d, repeat(md5(t::text || d), 20)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-30 23:00Z', '1 hour') AS t, generate_series(1, 20) AS d;
    """

  private func rig(on server: TestServer) async throws -> ArchiveRig {
    try ArchiveRig(try await Migration.on(server, setup: Self.many + Self.rows, targetSetup: Self.many))
  }

  /// Every second chunk is compressed, and every sixth has rows beside its batches, where the edition can do it.
  private func mixedRig(on server: TestServer) async throws -> ArchiveRig {
    guard server.isCommunity else { return try await rig(on: server) }
    let schema =
      Self.many + "ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');"
    return try ArchiveRig(
      try await Migration.on(
        server,
        setup: schema + Self.rows + """

          SELECT compress_chunk(c) FROM (
            SELECT c, row_number() OVER (ORDER BY c::text) AS n FROM show_chunks('m') AS c) AS q WHERE n % 2 = 0;
          INSERT INTO m SELECT t, 21, 'late' FROM generate_series('2024-01-01 00:30Z'::timestamptz,
            '2024-01-30 00:30Z', '3 days') AS t;
          """, targetSetup: schema))
  }

  @Test("that is killed at any time goes on; so does an import", arguments: TestServer.ends)
  func killed(server: TestServer) async throws {
    let rig = try await mixedRig(on: server)
    var random = SeededRandom.ofThisRun(for: "moments to kill an export and an import at")
    for _ in 1...6 {
      let running = try rig.exporter.start(rig.exportArguments(["-p3"]))
      try await Task.sleep(for: .milliseconds(Int.random(in: 20...400, using: &random)))
      await running.signal(SIGKILL)
      _ = try await running.wait()
    }
    try await rig.export()
    #expect(try rig.files(".batches.zst").count == (server.isCommunity ? 15 : 0))
    #expect(try rig.descriptions().count == 30)
    #expect(try rig.files(".part") == [])
    for _ in 1...6 {
      let running = try rig.importer.start(["import", "--input", rig.archive, "-p3"])
      try await Task.sleep(for: .milliseconds(Int.random(in: 20...600, using: &random)))
      await running.signal(SIGKILL)
      _ = try await running.wait()
    }
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test("into one directory is shared by several processes", arguments: TestServer.one)
  func shared(server: TestServer) async throws {
    let rig = try await rig(on: server)
    let running = try (1...3).map { _ in try rig.exporter.start(rig.exportArguments(["-p2", "--json"])) }
    var written = 0
    for each in running {
      let outcome = try await each.wait()
      #expect(outcome.exitCode == 0, "\(outcome)")
      let document = try #require(JSONValue(outcome.stdout))
      written += document["files.written"]?.integer ?? 0
      #expect(document["files.left"]?.integer == 0, "\(outcome)")
    }
    #expect(written == 30)
    #expect(try rig.descriptions().count == 30)
    // The same at the other end, once one of them has staged the files, for which it has the queue alone.
    let first = try rig.importer.start(["import", "--input", rig.archive, "-p1"])
    try await first.waitUntilOutput(contains: "[1/30]")
    let second = try rig.importer.start(["import", "--input", rig.archive, "-p1"])
    for each in [first, second] {
      let outcome = try await each.wait()
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test("reads one snapshot", arguments: TestServer.one)
  func snapshot(server: TestServer) async throws {
    let rig = try await rig(on: server)
    let (running, session) = try await rig.exportWaiting(for: try rig.sourceChunk("range_start DESC"))
    try rig.source.execute(
      "INSERT INTO m VALUES ('2024-01-02 00:30Z', -1, 'later'); DELETE FROM m WHERE time = '2024-01-03Z'")
    try session.execute("ROLLBACK")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try await rig.import()
    #expect(try rig.target.value("SELECT count(*) FROM m") == "14400")
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE dev = -1") == "0")
    try await rig.verify()
  }

  @Test("stops where no room is left, and goes on where there is", arguments: TestServer.one)
  func full(server: TestServer) async throws {
    let rig = try await rig(on: server)
    // A file may have 8 kB: 16 blocks of 512 bytes.
    let limited = BackfillProcess(environment: rig.exporter.environment, binary: "/bin/sh")
    let stopped = try await limited.run(
      ["-c", "ulimit -f 16; exec \"$0\" \"$@\" 2>&1 | cat", BackfillProcess.built]
        + rig.exportArguments(["-p2"]))
    #expect(stopped.stdout.contains("File too large"), "\(stopped)")
    #expect(stopped.stdout.contains("stopped with 30 files left"), "\(stopped)")
    #expect(try rig.files(".copy.zst") == [])
    #expect(try rig.files(".part") == [])
    try await rig.export()
    try await rig.import()
    try rig.expectSame("m")
  }

  @Test("stops when asked to, and goes on", arguments: TestServer.one)
  func stopped(server: TestServer) async throws {
    let rig = try await rig(on: server)
    let late = try rig.sourceChunk("range_start OFFSET 2")
    let session = try rig.source.session()
    let running = try rig.exporter.start(rig.exportArguments(["-p1"]))
    try await running.waitUntilOutput(contains: "[1/30] Exported")
    try session.execute("BEGIN; LOCK TABLE \(late)")
    try await rig.source.wait(until: ArchiveRig.waitsForLock)
    await running.signal(SIGINT)
    try await running.waitUntilOutput(contains: "finishing chunks in progress")
    try session.execute("ROLLBACK")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130, "\(outcome)")
    #expect(outcome.stderr.contains("stopped with 2 chunks left to export"), "\(outcome)")
    #expect(try rig.descriptions().count == 28)
    let again = try await rig.export()
    #expect(again.stderr.contains("the files are of 2 runs"), "\(again)")
    #expect(again.stdout.contains("from 2 chunks"), "\(again)")
    try await rig.import()
    try rig.expectSame("m")
  }

  @Test("goes on with chunks as they are by then", arguments: TestServer.one)
  func changed(server: TestServer) async throws {
    let rig = try await rig(on: server)
    try await rig.export("--until", "2024-02-15")
    // One is dropped, and one is dropped and made anew; and one is new.
    try rig.source.execute(
      """
      SELECT drop_chunks('m', older_than => '2024-01-03Z'::timestamptz);
      INSERT INTO m VALUES ('2024-01-02 12:00Z', 1, 'anew'), ('2024-02-03 12:00Z', 1, 'new');
      """)
    let again = try await rig.export("--until", "2024-02-15")
    #expect(again.stdout.contains("from 2 chunks"), "\(again)")
    #expect(try rig.descriptions().count == 31)
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m", where: "time >= '2024-01-02Z'")
    // The first is still in the archive.
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE time < '2024-01-02Z'") == "480")
    let other = try await rig.export("--until", "2024-01-15", exits: 1)
    #expect(other.stderr.contains("an archive of another selection or time"), "\(other)")
  }

  @Test("whose session is made anew on another server ends", arguments: TestServer.one)
  func stranger(server: TestServer) async throws {
    let rig = try await rig(on: server)
    let elsewhere = try await server.dedicatedCluster(identity: 2)
    let other = try await elsewhere.makeDatabase(
      version: server.timescaleVersion, name: rig.source.name, setup: Self.many + Self.rows)
    let proxy = try FaultyProxy(to: rig.source.cluster.port)
    let exporter = BackfillProcess(
      environment: ["BACKFILL_SOURCE": proxy.connectionString(to: rig.source)])
    proxy.throttle(500_000)
    let running = try exporter.start(rig.exportArguments(["-p1"]))
    try await running.waitUntilOutput(contains: "[1/30] Exported")
    proxy.lead(to: elsewhere.port)
    proxy.cutAll()
    proxy.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(
      outcome.stderr.contains("connecting again: this is not the database that the run began with"),
      "\(outcome)")
    try await rig.export()
    try await rig.import()
    try rig.expectSame("m")
    withExtendedLifetime(other) {}
  }

  @Test("of another database into the same directory is refused", arguments: TestServer.one)
  func otherSource(server: TestServer) async throws {
    let rig = try await rig(on: server)
    try await rig.export()
    let other = BackfillProcess(environment: ["BACKFILL_SOURCE": rig.target.connectionString])
    let refused = try await other.run(rig.exportArguments([]))
    #expect(refused.exitCode == 1, "\(refused)")
    #expect(refused.stderr.contains("an archive of another database"), "\(refused)")
  }
}
