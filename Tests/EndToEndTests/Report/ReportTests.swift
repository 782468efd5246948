import Foundation
import Synchronization
import TestServers
import Testing

@testable import backfill

/// A page that `report` wrote.
struct WrittenReport {
  let page: Markup
  let outcome: BackfillProcess.Outcome

  /// The cells of a table, by the names of its columns.
  func rows(_ label: String) throws -> [[String: String]] {
    let scroll = try #require(
      page.root.all("div").first { $0.attributes["aria-label"] == label }, "\(label) is missing")
    let columns = scroll.all("thead").flatMap { $0.all("th") }.map(\.text)
    return scroll.all("tbody").flatMap { $0.all("tr") }.map { row in
      let cells = row.descendants.filter { $0.name == "th" || $0.name == "td" }.map(\.text)
      return Dictionary(zip(columns, cells), uniquingKeysWith: { first, _ in first })
    }
  }

  var text: String { page.root.all("body").map(\.text).joined() }
  var verdict: String { page.root.all("strong").first?.text ?? "" }

  /// A fact at a glance.
  func fact(_ name: String) -> String? {
    page.root.all("div").first { $0.all("dt").first?.text == name }?.all("dd").first?.text
  }
}

extension CommandRunner {
  /// Writes the report as a program that knows nothing but the target.
  func report(as connection: String? = nil) async throws -> WrittenReport {
    let program = BackfillProcess(environment: ["BACKFILL_TARGET": connection ?? target.connectionString])
    let outcome = try await program.run(["report", "--output", "-"])
    try #require(outcome.exitCode == 0, "\(outcome)")
    expectNoSecret(outcome)
    return WrittenReport(page: try Markup(outcome.stdout), outcome: outcome)
  }
}

@Suite("report", .needsServer) struct ReportTests {
  private static let setup = """
    CREATE TABLE reported (time timestamptz NOT NULL, value int, note text);
    SELECT create_hypertable('reported', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO reported SELECT t, 1, repeat('x', 100)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05 23:59Z', '1 minute') AS t;
    CREATE TABLE counted (id bigint NOT NULL, value int);
    SELECT create_hypertable('counted', 'id', chunk_time_interval => 100);
    INSERT INTO counted SELECT i, i FROM generate_series(0, 399) AS i;
    ANALYZE;
    """

  /// Two copies and two verifies later: a failure that was overcome, a difference that was, and one of each that stays.
  private func worked(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    let target = migration.target
    try await migration.run(
      "stage", "--until", "2024-02-01", "--filter", "^public\\.(reported|nothing)$", "--split-size", "100kB")
    try await migration.run("stage", "--until", "1000", "--filter", "counted")
    try target.execute(
      """
      ALTER TABLE reported ADD CONSTRAINT once CHECK (time <> '2024-01-03 05:00Z');
      ALTER TABLE counted ADD CONSTRAINT always CHECK (id <> 250)
      """)
    try await migration.run("copy", "-p2", exits: 1)
    try target.execute("ALTER TABLE reported DROP CONSTRAINT once")
    try await migration.run("copy", "-p1", exits: 1)
    try target.execute("UPDATE reported SET value = 2 WHERE time = '2024-01-02Z'")
    try target.execute("UPDATE counted SET value = 2 WHERE id = 50")
    try await migration.run("verify", "-p3", exits: 3)
    try target.execute("UPDATE reported SET value = 1 WHERE time = '2024-01-02Z'")
    try await migration.run("verify", "-p1", exits: 3)
    return migration
  }

  @Test("has the numbers that the queue has", arguments: TestServer.one)
  func numbers(server: TestServer) async throws {
    let migration = try await worked(server)
    let written = try await migration.report()
    #expect(written.verdict == "Different.")
    let expected = try migration.target.query(
      """
      SELECT format('"%s"."%s"', hypertable_schema, hypertable_name), count(*), count(worked), count(verified),
        count(*) FILTER (WHERE worked IS NULL AND attempts > 0), count(differed_at), sum(copied_rows)
      FROM __backfill.task GROUP BY 1 ORDER BY 1
      """)
    let rows = try written.rows("Hypertables and continuous aggregates")
    let columns = ["Relation", "Tasks", "Copied", "Verified", "Failed", "Differing", "Rows"]
    #expect(rows.map { row in columns.map { row[$0]?.replacing(",", with: "") } } == expected)
    #expect(rows.map { $0["Failed"] } == ["1", "0"] && rows.map { $0["Differing"] } == ["1", "0"])
    let bytes = try migration.target.value("SELECT sum(copied_bytes) FROM __backfill.task")
    #expect(
      written.fact("Bytes copied")?.hasPrefix(Quantity.bytes(bytes.flatMap { Int64($0) } ?? -1)) == true)

    let runs = try migration.target.query(
      "SELECT id, chunks, rows, failures, outcome FROM __backfill.run ORDER BY id")
    let told = try written.rows("Commands").map { row in
      ["Run", "Chunks", "Rows", "Failed"].map { row[$0]?.replacing(",", with: "") } + [row["Outcome"]]
    }
    #expect(told == runs)
    #expect(
      try written.rows("Commands").map { $0["Command"] } == [
        #"timescaledb-backfill stage --until=2024-02-01 --filter='^public\.(reported|nothing)$' --split-size=100kB"#,
        "timescaledb-backfill stage --until=1000 --filter=counted",
        "timescaledb-backfill copy --parallelism=2", "timescaledb-backfill copy --parallelism=1",
        "timescaledb-backfill verify --parallelism=3", "timescaledb-backfill verify --parallelism=1",
      ])
    let shapes = written.page.root.all("svg").filter { $0.attributes["data-chunks"] != nil }
      .map { svg in svg.all("path").filter { !$0.all("title").isEmpty }.count }
    #expect(shapes.map { "\($0)" } == expected.map { $0[1] })
    #expect(try migration.target.tasks(where: "part IS NOT NULL") > 5)
    #expect(written.text.contains("are parts of large chunks"))
  }

  @Test("tells what became of each failure and difference, and who did what", arguments: TestServer.one)
  func incidents(server: TestServer) async throws {
    let migration = try await worked(server)
    let written = try await migration.report()
    let rows = try written.rows("Failures and differences")
    func told(_ what: String, _ hypertable: String) -> [String] {
      rows.filter { $0["What"] == what && $0["Chunk"]?.contains(hypertable) == true }
        .map { "\($0["Run"] ?? "?") \($0["Resolution"]?.prefix { $0 != "," } ?? "?")" }
    }
    #expect(told("copy failed", "reported") == ["3 copied by run 4"])
    // What is open comes first.
    #expect(told("copy failed", "counted") == ["4 not resolved", "3 happened again later"])
    #expect(told("differed", "reported") == ["5 found equal by run 6"])
    #expect(told("differed", "counted") == ["6 not resolved", "5 happened again later"])
    #expect(rows.count == 6)
    #expect(
      rows.filter { $0["What"] == "copy failed" }.allSatisfy {
        $0["Message"]?.contains("SQLSTATE 23514") == true
      })
    #expect(written.text.contains("3 failures and 3 differences, 2 not resolved."))
    #expect(written.fact("Verified")?.contains("runs 5, 6") == true)
    let sessions = written.page.root.all("svg").filter {
      $0.attributes["aria-labelledby"]?.hasPrefix("workers-") == true
    }
    #expect(sessions.count == 4)
    #expect(sessions.first?.all("path").count == 2)
    let from = written.fact("From")
    #expect(from?.contains("database \(migration.source.name) at") == true, "\(from ?? "")")
    #expect(from?.contains("role \(TestCluster.appUser)") == true, "\(from ?? "")")
    #expect(written.fact("To")?.contains("database \(migration.target.name) at") == true)
  }

  @Test("says how far the migration is, from the first day to the last", arguments: TestServer.one)
  func life(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let directory = try ScratchDirectory()
    let path = directory.path + "/report.html"
    let absent = try await migration.run("report", "--output", path, exits: 1)
    #expect(
      absent.stderr.contains("nothing to report") && absent.stderr.contains("before clean"), "\(absent)")
    try await migration.run("stage", "--until", "2023-01-01")
    let empty = try await migration.report()
    #expect(empty.verdict == "Nothing is staged.")
    #expect(try empty.rows("Commands").count == 1)
    try await migration.run("stage", "--until", "2024-02-01")
    #expect(try await migration.report().verdict == "Unfinished.")
    try await migration.run("copy")
    #expect(try await migration.report().verdict == "Copied, not verified.")
    try await migration.run("verify")
    let written = try await migration.run("report", "-o", path)
    #expect(written.stdout.contains("Wrote \(path): 5 tasks, "), "\(written)")
    let page = try Markup(try directory.text(of: "report.html"))
    #expect(page.root.all("strong").first?.text == "Copied and verified.")
    try await migration.run("clean")
    try await migration.run("report", "-o", path, exits: 1)
    // What was there stays, and nothing is beside it.
    #expect(try Markup(try directory.text(of: "report.html")).root.text == page.root.text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["report.html"])
  }

  @Test("tells of a run that has not ended", arguments: TestServer.one)
  func running(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    let written = try await migration.report()
    #expect(try written.rows("Commands").last?["Outcome"] == "has not ended: in progress, or killed")
    try gate.open()
    #expect(try await running.wait().exitCode == 0)
  }

  @Test("reads a queue of the original tool as it is", arguments: TestServer.one)
  func original(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.makeQueueOriginal()
    try migration.target.execute(
      """
      UPDATE __backfill.task SET worked = '[2024-06-01,infinity]' WHERE priority < 4;
      UPDATE __backfill.task SET verified = '[2024-06-01,2024-06-02]' WHERE priority = 1;
      UPDATE __backfill.task SET verify_message = 'differs' WHERE priority = 2;
      UPDATE __backfill.task SET dimensions = '"none"' WHERE priority = 5
      """)
    let written = try await migration.report()
    #expect(written.verdict == "Different.")
    #expect(written.fact("From")?.contains("not recorded") == true)
    #expect(written.text.contains("The queue does not tell the time of 1 task"))
    let incident = try #require(try written.rows("Failures and differences").first)
    #expect(incident["What"] == "differed" && incident["Message"] == "differs")
    #expect(try migration.target.value("SELECT to_regclass('__backfill.incident')") == nil)
  }

  @Test("refuses a file that can't be written before it asks anything", arguments: TestServer.one)
  func unwritable(server: TestServer) async throws {
    let target = try await server.makeDatabase()
    let proxy = try FaultyProxy(to: target.cluster.port)
    let watch = StatementWatch(ignoring: []) { _, _ in .passes }
    proxy.watch(watch)
    let program = BackfillProcess(environment: ["BACKFILL_TARGET": proxy.connectionString(to: target)])
    for path in ["/nonexistent/report.html", "/tmp", "/dev/null"] {
      let outcome = try await program.run(["report", "--output", path])
      #expect(outcome.exitCode == 2, "\(outcome)")
      #expect(outcome.stderr.contains(path), "\(outcome)")
    }
    #expect(watch.statements == [])
    let full = try await ShellScript("timescaledb-backfill report --output - > /dev/full").run(
      in: try ScratchDirectory(), with: server, environment: ["BACKFILL_TARGET": target.connectionString])
    #expect(full.output.contains("nothing to report"), "\(full)")
  }

  @Test(
    "writes nothing of a queue that was changed after it was looked at",
    arguments: [
      "DROP SCHEMA __backfill CASCADE", "DROP TABLE __backfill.incident",
      "ALTER TABLE __backfill.task DROP COLUMN copied_by",
      "ALTER TABLE __backfill.task RENAME TO other; CREATE VIEW __backfill.task AS SELECT * FROM __backfill.other",
    ], TestServer.one)
  func changed(change: String, server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let target = migration.target
    let proxy = try FaultyProxy(to: target.cluster.port)
    let changes = Atomic<Int>(0)
    proxy.watch(
      StatementWatch(ignoring: []) { _, text in
        guard text.contains("LOCK TABLE") else { return .passes }
        changes.add(1, ordering: .relaxed)
        #expect(throws: Never.self) { try target.execute(change) }
        return .passes
      })
    let directory = try ScratchDirectory()
    let program = BackfillProcess(environment: ["BACKFILL_TARGET": proxy.connectionString(to: target)])
    let outcome = try await program.run(["report", "--output", directory.path + "/report.html"])
    #expect(changes.load(ordering: .relaxed) == 1)
    #expect(outcome.exitCode == 1 && outcome.stderr.contains("reading the queue"), "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test("whose incidents can't be recorded any more fails all the same", arguments: TestServer.one)
  func unrecorded(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let target = migration.target
    try target.execute("ALTER TABLE stated ADD CONSTRAINT never CHECK (time <> '2024-01-03 05:00Z')")
    let (running, gate) = try await migration.startAtGate(workers: 1)
    try target.execute("DROP TABLE __backfill.incident")
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1 && outcome.stderr.contains("never"), "\(outcome)")
    #expect(try target.tasks(where: "worked IS NULL") >= 1)
    try target.execute("ALTER TABLE stated DROP CONSTRAINT never")
    try await migration.run("copy")
    try migration.expectSame("stated")
  }

  @Test("needs only to read, and says what it can't see", arguments: TestServer.one)
  func privileges(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let reader = "reporter_\(String(UInt32.random(in: .min ... .max), radix: 36))"
    let password = TestCluster.appPassword.replacing("'", with: "''")
    try migration.target.executeAsSuperuser(
      """
      CREATE ROLE \(reader) LOGIN PASSWORD '\(password)';
      GRANT USAGE ON SCHEMA __backfill TO \(reader); GRANT SELECT ON __backfill.task TO \(reader)
      """)
    let connection = migration.target.cluster.connectionString(database: migration.target.name, user: reader)
    let written = try await migration.report(as: connection)
    #expect(written.verdict == "Unfinished.")
    #expect(
      written.outcome.stderr.contains("may not read __backfill.session, __backfill.run"), "\(written.outcome)"
    )
    #expect(written.text.contains("The queue records no run."))
  }
}
