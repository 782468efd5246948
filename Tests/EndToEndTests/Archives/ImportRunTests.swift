import Foundation
import TestServers
import Testing

@Suite("Importing", .needsServer) struct ImportRunTests {
  private func exported(on server: TestServer, _ more: String...) async throws -> ArchiveRig {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    let outcome = try await rig.exporter.run(rig.exportArguments(more))
    #expect(outcome.exitCode == 0, "\(outcome)")
    return rig
  }

  private func next(_ rig: ArchiveRig) async throws -> String {
    let document = JSONValue(try await rig.importer.run(["status", "--json"]).stdout)
    let command = document?["next"]?.text ?? ""
    let text = try await rig.importer.run(["status"])
    #expect(text.stdout.contains("Next: \(command)\n"), "\(text)")
    return command.split(separator: " ").dropFirst().joined(separator: " ")
  }

  @Test("begun twice at once is staged once, and the second waits for that", arguments: TestServer.one)
  func together(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let importing = ["import", "--input", rig.archive, "-p2"]
    let session = try rig.target.session()
    // Keeps the first from making the queue, where staging makes chunks and where it doesn't.
    try session.execute("BEGIN; CREATE SCHEMA __backfill")
    let first = try rig.importer.start(importing)
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
          AND datname = current_database() AND application_name = 'timescaledb-backfill import')
        """)
    let second = try rig.importer.start(importing)
    try await second.waitUntilOutput(contains: "waiting for it")
    try session.execute("ROLLBACK")
    let outcomes = [try await first.wait(), try await second.wait()]
    for outcome in outcomes { #expect(outcome.exitCode == 0, "\(outcome)") }
    #expect(
      outcomes[1].stderr.contains("queue is locked by \"timescaledb-backfill import\" from"), "\(outcomes[1])"
    )
    #expect(try rig.target.tasks() == 8)
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test("waits for no other command, and stops when it is asked to while it waits", arguments: TestServer.one)
  func busy(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let holder = try rig.target.session()
    try holder.execute(
      "SET application_name = 'timescaledb-backfill clean'; SELECT pg_advisory_lock(x'6261636b66696c6c'::bigint)"
    )
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("in use by \"timescaledb-backfill clean\""), "\(refused)")
    try holder.execute("SET application_name = 'timescaledb-backfill import'")
    let running = try rig.importer.start(["import", "--input", rig.archive])
    try await running.waitUntilOutput(contains: "waiting for it")
    await running.signal(SIGINT)
    let stopped = try await running.wait()
    #expect(stopped.exitCode == 130, "\(stopped)")
    withExtendedLifetime(holder) {}
  }

  @Test(
    "fills a hypertable again that was dropped and created again, or replaced, on the target",
    arguments: TestServer.one)
  func remade(server: TestServer) async throws {
    let rig = try await exported(on: server)
    try await rig.import()
    try await rig.verify()
    try rig.target.execute("DROP TABLE m; DROP TYPE mood")
    try rig.target.execute(ArchivedTable.schema(compressed: server.isCommunity))
    let lost = try await rig.verify(exits: 1)
    #expect(
      lost.stderr.contains(#""public"."m" was dropped and created again, or replaced, on the target"#),
      "\(lost)")
    #expect(lost.stderr.contains("import --input \(rig.archive)', which imports them again"), "\(lost)")
    let again = try await rig.import()
    #expect(again.stderr.contains("were imported into it; they are imported again"), "\(again)")
    try await rig.verify()
    try rig.expectSame("m")
    #expect(try await rig.import().stderr == "")
  }

  @Test("goes on with a queue that an earlier version has made", arguments: TestServer.one)
  func earlierQueue(server: TestServer) async throws {
    let rig = try await exported(on: server)
    try await rig.import()
    try rig.target.execute(
      """
      ALTER TABLE __backfill.task DROP COLUMN target_hypertable_id;
      UPDATE __backfill.task SET worked = NULL WHERE priority = 1
      """)
    try await rig.import()
    try await rig.verify()
  }

  @Test("is what status suggests, until verify and the rest are", arguments: TestServer.one)
  func suggested(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let early = try await rig.verify(exits: 1)
    #expect(
      early.stderr.contains("nothing of the archive in \(rig.archive) has been imported yet"), "\(early)")
    let file = try #require(try rig.files(".copy.zst").last)
    let whole = try rig.bytes(of: file)
    try rig.put(whole.dropLast(9), to: file)
    let failed = try await rig.import(exits: 1)
    #expect(failed.stderr.contains("import --input \(rig.archive)' tries them again"), "\(failed)")
    #expect(try await next(rig) == "import --input DIR")
    try rig.put(whole, to: file)
    let imported = try #require(JSONValue(try await rig.import("--json").stdout))
    #expect(imported["next"]?.text == "timescaledb-backfill verify --input \(rig.archive)")
    #expect(try await next(rig) == "verify --input DIR")

    try rig.target.execute("UPDATE m SET val = 42 WHERE time = '2024-01-08 03:00Z' AND dev = 1")
    let different = try await rig.verify(exits: 3)
    #expect(
      different.stderr.contains(
        "import such chunks again with 'timescaledb-backfill import --again --differing --input \(rig.archive)'"
      ),
      "\(different)")
    #expect(try await next(rig) == "import --again --differing --input DIR")
    let again = try await rig.import("--again", "--differing")
    #expect(again.stdout.contains("To be copied again: 1 chunk"), "\(again)")
    #expect(again.stdout.contains("from 1 file "), "\(again)")
    try await rig.verify()
    #expect(try await next(rig) == "clean")
    try rig.expectSame("m")
  }

  @Test(
    "leaves what is written from --until on to writers, and verify tells what came late before it",
    arguments: TestServer.one)
  func late(server: TestServer) async throws {
    let rig = try await exported(on: server, "--until", "2024-01-06 12:00Z")
    func write(_ time: String) throws {
      for side in [rig.source, rig.target] {
        try side.execute("INSERT INTO m (time, dev) VALUES ('\(time)', -5)")
      }
    }
    try write("2024-01-06 12:00Z")
    try await rig.import()
    // In the chunk that --until cuts, and in one of its own.
    try write("2024-01-06 12:01Z")
    try write("2024-01-09 00:00Z")
    try await rig.verify()
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE dev = -5") == "3")
    try write("2024-01-06 11:59Z")
    let late = try await rig.verify("--again", exits: 3)
    #expect(late.stdout.contains("60 rows on the source, 61 on the target"), "\(late)")
    // Who has both databases sees that they are the same.
    let live = try await Migration(from: rig.source, to: rig.target).run("verify")
    #expect(live.stdout.contains("Verified 1 chunk"), "\(live)")
  }
}
