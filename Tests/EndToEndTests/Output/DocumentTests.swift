import Foundation
import Glibc
import TestServers
import TestTraits
import Testing

@testable import backfill

/// `--json` and `--json-progress` as a script has them: against real servers, and against what the queue and the text say.
@Suite("Documents and lines", .needsServer) struct DocumentTests {
  private static let definition = """
    CREATE TABLE told (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('told', 'time', chunk_time_interval => interval '1 day');
    """
  private static let setup =
    definition + """
      INSERT INTO told SELECT t, extract(hour FROM t)
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05 23:59Z', '1 min') AS t;
      ANALYZE told;
      """

  /// What a run answered. All of it is compared with the manual's page.
  private struct Answer {
    let outcome: BackfillProcess.Outcome
    let document: JSONValue
    let lines: [JSONValue]

    init(_ outcome: BackfillProcess.Outcome, hasWorked: Bool = true, hasBegun: Bool = true) throws {
      self.outcome = outcome
      document = try #require(JSONValue(outcome.stdout), "\(outcome)")
      let written = outcome.stderr.split(separator: "\n")
      lines = written.compactMap { JSONValue(String($0)) }
      var page = DocumentedJSON(page: ManualPage.json.text)
      #expect(page.complaints(aboutDocument: outcome.stdout, hasWorked: hasWorked) == [], "\(outcome)")
      #expect(page.complaints(aboutLines: outcome.stderr) == [], "\(outcome)")
      #expect(lines.count == written.count, "\(outcome)")
      #expect(document["exit"]?.integer == outcome.exitCode.map(Int.init), "\(outcome)")
      expectNoSecret(outcome)
      guard hasBegun else { return }
      #expect(events.first == "started" && events.last == "ended", "\(outcome)")
      #expect(lines.last?["outcome"] == document["outcome"] && lines.last?["exit"] == document["exit"])
    }

    var events: [String] { lines.compactMap { $0["event"]?.text } }
    func lines(_ event: String) -> [JSONValue] { lines.filter { $0["event"]?.text == event } }
    func number(_ path: String) -> Int? { document[path]?.integer }
    var gist: String {
      "\(document["outcome"]?.text ?? "?") \(document["next"]?.text?.split(separator: " ", maxSplits: 1).last ?? "-")"
    }
    var codes: [String] { document["errors"]?.elements.compactMap { $0["code"]?.text } ?? [] }
  }

  private func answer(
    _ migration: Migration, _ arguments: String..., hasWorked: Bool = true
  ) async throws -> Answer {
    let outcome = try await migration.backfill.run(arguments + ["--json", "--json-progress"])
    return try Answer(outcome, hasWorked: hasWorked)
  }

  @Test("of a whole migration are as documented, with the queue's numbers", arguments: TestServer.ends)
  func migration(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let (source, target) = (migration.source, migration.target)
    let none = try await answer(migration, "copy", hasWorked: false)
    #expect(none.gist == "failed stage" && none.codes == ["nothing-staged"], "\(none.outcome)")

    let would = try await answer(migration, "stage", "--until", "2024-01-05T12:00:00Z", "--dry-run")
    #expect(would.document["dry_run"] == .flag(true) && would.gist == "done -")
    let staged = try await answer(migration, "stage", "--until", "2024-01-05T12:00:00Z")
    #expect(staged.gist == "done copy")
    let tasks = try target.tasks()
    #expect(staged.number("tasks.staged") == tasks && would.number("tasks.staged") == tasks)
    #expect(staged.document["plan"]?.elements.first?["hypertable"]?.text == #""public"."told""#)
    #expect(staged.document["source.database"]?.text == source.name)
    #expect(staged.document["target.timescaledb"]?.text == "\(server.timescaleVersion)")

    // One chunk fails.
    try target.execute("ALTER TABLE told ADD CONSTRAINT few CHECK (time <> '2024-01-03 05:00Z')")
    let failed = try await answer(migration, "copy", "-p2")
    #expect(failed.gist == "failed copy" && failed.codes == ["chunks-failed"])
    #expect(failed.number("tasks.copied") == tasks - 1 && failed.number("tasks.failed") == 1)
    let failure = try #require(failed.document["failures"]?.elements.first)
    #expect(
      failure["code"]?.text == "server-error" && failure["sqlstate"]?.text == "23514"
        && failure["task.from"]?.text == "2024-01-03T00:00:00Z")
    #expect(failed.lines("failed").first?["failure"] == failure)
    #expect(failed.lines("began").count == tasks && failed.lines("finished").count == tasks - 1)
    let moved = failed.lines("finished").compactMap { $0["bytes"]?.integer }.reduce(0, +)
    #expect(failed.number("bytes") == moved && failed.lines("planned").first?["tasks.all"]?.integer == tasks)
    let progress = try #require(failed.lines("progress").last)
    #expect(progress["tasks.done"]?.integer == tasks && progress["tasks.failed"]?.integer == 1)
    #expect(progress["bytes"]?.integer == moved)
    let rows = "SELECT sum(copied_rows), sum(copied_bytes) FROM __backfill.task"
    #expect(try target.query(rows) == [["\(failed.number("rows") ?? -1)", "\(moved)"]])
    try target.execute("ALTER TABLE told DROP CONSTRAINT few")
    #expect(try await answer(migration, "copy").gist == "done verify")
    #expect(try await answer(migration, "copy").number("tasks.done_before") == tasks)

    try await verified(migration, tasks)
    let file = "/tmp/backfill-report-\(UUID().uuidString).html"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let reported = try await answer(migration, "report", "--output", file)
    #expect(reported.number("tasks.all") == tasks && reported.document["output"]?.text == file)
    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
    #expect(reported.number("bytes") == size)
    let cleaned = try await answer(migration, "clean")
    #expect(cleaned.gist == "done -" && cleaned.number("tasks.removed") == tasks)
    #expect(try await answer(migration, "clean").document["tasks.removed"] == .null)
  }

  /// Compares in every way, with a chunk that differs.
  private func verified(_ migration: Migration, _ tasks: Int) async throws {
    try migration.target.execute(
      "UPDATE told SET value = -1 WHERE time BETWEEN '2024-01-02 05:00Z' AND '2024-01-02 06:00Z'; ANALYZE told"
    )
    let counted = try await answer(migration, "verify", "--count")
    #expect(counted.gist == "done -" && counted.number("tasks.counted") == tasks)
    let estimated = try await answer(migration, "verify", "--estimate")
    #expect(estimated.document["thoroughness"]?.text == "estimate")
    #expect(
      estimated.number("estimates.compared") == tasks - 1 && estimated.number("estimates.left_out") == 1)
    let sampled = try await answer(migration, "verify", "--sample", "1%")
    #expect(sampled.number("sample.chunks") == 1 && sampled.number("sample.all") == tasks)
    let full = try await answer(migration, "verify", "--again")
    #expect(full.gist == "differs copy --again --differing" && full.codes == ["chunks-differ"])
    #expect(full.number("tasks.verified") == tasks - 1 && full.number("tasks.differing") == 1)
    let difference = try #require(full.document["differences"]?.elements.first)
    #expect(difference["task.from"]?.text == "2024-01-02T00:00:00Z")
    #expect(difference["columns"] == .array([.text("\"value\"")]))
    #expect(difference["source_rows"] == .number(1440) && difference["target_rows"] == .number(1440))
    #expect(difference["first"]?.text == "2024-01-02 05:00:00+00")
    #expect(difference["last"]?.text == "2024-01-02 06:00:00+00")
    let remark = full.lines("finished").compactMap { $0["remarks"]?.elements.first }.first
    #expect(remark?["code"]?.text == "differs" && remark?["message"] == difference["message"])
    #expect(full.lines("finished").count { $0["result"]?.text == "differs" } == 1)
    let status = try await answer(migration, "status")
    #expect(status.gist == "differs copy --again --differing")
    #expect(status.number("tasks.differing") == 1 && status.number("tasks.all") == tasks)
  }

  @Test("of continuous aggregates", .needs(TestServer.community), arguments: TestServer.community.suffix(1))
  func refreshed(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: Self.setup + """
        CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
          SELECT time_bucket('1 hour', time) AS hour, sum(value) FROM told GROUP BY 1 WITH NO DATA;
        """)
    try migration.source.execute("CALL refresh_continuous_aggregate('hourly', NULL, '2024-01-05Z')")
    // Without the aggregate, whose buckets are all computed then.
    try await migration.run("stage", "--until", "2024-01-06", "--filter", "told$")
    let early = try await answer(migration, "refresh-caggs", hasWorked: false)
    #expect(early.gist == "failed copy" && early.codes == ["refresh-before-copy"], "\(early.outcome)")
    try await migration.run("copy")
    let refreshed = try await answer(migration, "refresh-caggs")
    #expect(refreshed.number("aggregates.refreshed") == 1, "\(refreshed.outcome)")
    let range = try #require(refreshed.document["ranges"]?.elements.first)
    #expect(range["aggregate"]?.text == #""public"."hourly""#)
    #expect(refreshed.lines("refreshed").first?["to"] == range["to"])
  }

  @Test("of jobs", .needs(TestServer.community), arguments: TestServer.communityEnds)
  func jobs(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: JobsTable.table + JobsTable.rows, targetSetup: JobsTable.table + JobsTable.policies)
    let listed = try await answer(migration, "jobs", "list")
    #expect(listed.gist == "done -" && listed.document["command"]?.text == "jobs list")
    let jobs = try #require(listed.document["jobs"]?.elements)
    #expect(jobs.count == 4 && listed.number("recorded") == 0)
    #expect(jobs[1]["procedure"]?.text == #""_timescaledb_functions"."policy_retention""#)
    #expect(
      jobs[1]["timezone"]?.text == "Europe/Berlin" && jobs[1]["next_start"]?.text == "2036-05-05T05:05:00Z")
    #expect(jobs[1]["config"]?.text == #"{"drop_after": "1 year"}"#)
    #expect(jobs[2]["relation"] == .null && jobs[2]["fixed_schedule"] == .flag(false))

    let off = try await answer(migration, "jobs", "off")
    #expect(off.number("count.turned_off") == 3 && off.number("count.off_already") == 1)
    #expect(off.number("recorded") == 3 && off.gist == "done -")
    #expect(
      off.document["jobs"]?.elements.map { $0["result"]?.text } == [
        "turned-off", "turned-off", "turned-off", "off-already",
      ])
    try await migration.run("stage", "--until", "2024-01-04")
    #expect(try await answer(migration, "status").number("jobs_off") == 3)
    let early = try await answer(migration, "jobs", "on", hasWorked: false)
    #expect(early.gist == "failed copy" && early.codes == ["jobs-before-copy"])
    try await migration.copyAndVerify()
    #expect(try await answer(migration, "status").gist == "done jobs on")
    try migration.target.execute("SELECT delete_job(\(jobs[0]["id"]?.integer ?? 0))")
    let lost = try await answer(migration, "jobs", "on")
    #expect(lost.gist == "failed jobs on" && lost.codes == ["job-gone"])
    #expect(
      lost.number("count.turned_on") == 2 && lost.number("count.lost") == 1 && lost.number("recorded") == 1)
    #expect(lost.document["jobs"]?.elements.first?["scheduled"] == .null)
    #expect(try await answer(migration, "clean").gist == "done jobs on")
    let usage = try Answer(
      try await migration.backfill.run(["jobs", "onn", "--json", "--json-progress"]), hasWorked: false,
      hasBegun: false)
    #expect(usage.gist == "usage -" && usage.outcome.exitCode == 2)
  }

  @Test("are the text's numbers, with the text on standard output", arguments: TestServer.one)
  func text(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy", "-p2", "--json-progress")
    let lines = outcome.stderr.split(separator: "\n").compactMap { JSONValue(String($0)) }
    let finished = lines.filter { $0["event"]?.text == "finished" }
    #expect(finished.count == 5 && outcome.copiedChunks.count == 5, "\(outcome)")
    for line in finished {
      let (number, total) = (line["number"]?.integer ?? 0, line["total"]?.integer ?? 0)
      // A line has milliseconds, and the text rounds what it comes from to hundredths.
      let told = [-0.0005, 0.0005].map { rounding in
        "[\(number)/\(total)] Copied \(line["task.chunk"]?.text ?? "?") in "
          + "\(Quantity.time(.seconds((line["seconds"]?.number ?? 0) + rounding))), \(line["rows"]?.integer ?? 0) rows, "
          + Quantity.bytes(Int64(line["bytes"]?.integer ?? 0))
      }
      #expect(told.contains { outcome.stdout.contains($0) }, "\(told): \(outcome)")
    }
    let bytes = finished.compactMap { $0["bytes"]?.integer }.reduce(0, +)
    #expect(outcome.stdout.contains("Copied \(Quantity.bytes(Int64(bytes))) from 5 chunks in"), "\(outcome)")
    var page = DocumentedJSON(page: ManualPage.json.text)
    #expect(page.complaints(aboutLines: outcome.stderr) == [])
  }

  @Test("tell of a refused connection, and of the server's words", arguments: TestServer.one)
  func refused(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    var backfill = migration.backfill
    backfill.environment["BACKFILL_SOURCE"] = migration.source.connectionString
      .replacing("/\(migration.source.name)", with: "/nowhere")
    for command in [["stage", "-u5"], ["copy"], ["verify"], ["refresh-caggs"]] {
      let outcome = try await backfill.run(command + ["--json", "--json-progress"])
      let answer = try Answer(outcome, hasWorked: false)
      #expect(answer.gist == "failed -" && answer.codes == ["server-error"], "\(outcome)")
      #expect(answer.document["errors"]?.elements.first?["sqlstate"]?.text == "3D000")
    }
  }

  @Test("end with a document when a signal comes", arguments: [1, 2])
  func stopped(signals: Int) async throws {
    let migration = try await Migration.on(try #require(TestServer.newest), setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let gate = try Gate(closedOn: migration.target)
    let running = try migration.backfill.start(["copy", "-p2", "--json", "--json-progress"])
    try await gate.waitForArrivals(2)
    await running.signal(SIGINT)
    try await running.waitUntilOutput(contains: #""code":"draining""#)
    if signals == 2 {
      await running.signal(SIGINT)
    } else {
      try gate.open()
    }
    let answer = try Answer(try await running.wait())
    #expect(answer.gist == "stopped copy" && answer.outcome.exitCode == 130, "\(answer.outcome)")
    #expect(answer.document["stopped"] == .flag(true) && answer.codes == ["stopped"], "\(answer.outcome)")
    #expect(answer.number("tasks.copied") == (signals == 2 ? 0 : 2), "\(answer.outcome)")
    #expect(answer.number("tasks.left") == (signals == 2 ? 5 : 3), "\(answer.outcome)")
    #expect(answer.lines("stopping").count == signals)
    if signals == 2 { try gate.open() }
  }

  @Test("end with a document when the program leaves servers that hang alone")
  func left() async throws {
    let rig = try await ProxiedMigration.stagedHourly(on: #require(TestServer.newest))
    rig.sourceProxy.throttle(10_000, after: 300_000)
    let running = try rig.backfill.start(["copy", "-p2", "--json", "--json-progress"])
    try await running.waitUntilOutput(contains: #""number":3,"#)
    try rig.target.cluster.pause()
    defer { try? rig.target.cluster.resume() }
    for code in ["draining", "canceling"] {
      await running.signal(SIGINT)
      try await running.waitUntilOutput(contains: #""code":"\#(code)""#)
    }
    await running.signal(SIGINT)
    let outcome = try await running.wait(limit: .seconds(60))
    let document = try #require(JSONValue(outcome.stdout), "\(outcome)")
    let answer = try Answer(outcome, hasWorked: document["tasks"] != nil)
    #expect(answer.gist == "stopped copy" && outcome.exitCode == 130, "\(outcome)")
  }
}
