import Foundation
import Glibc
import TestServers
import TestTraits
import Testing

@Suite("A load that goes on", .needsServer) struct ResumedLoadTests {
  @Test("after kill -9 at random moments has each row once", arguments: [Packing.none, .zstd])
  func kills(packing: Packing) async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 60_000, isAtRandom: packing == .zstd)
    let path = try rig.file("rows", packing.packed(Array(rows.csv.utf8)))
    var random = SeededRandom.ofThisRun(for: "moments to kill a load at")
    var kills = 0
    for _ in 0..<12 {
      let running = try rig.backfill.start(rig.words(["-p3", path]))
      let before = try marks(rig)
      // At least one batch more than there was, but for those that end before.
      while await running.isRunning, try marks(rig) == before { try await Task.sleep(for: .milliseconds(5)) }
      usleep(UInt32.random(in: 0...60_000, using: &random))
      kill(running.pid, SIGKILL)
      if try await running.wait().ending == .signaled(SIGKILL) { kills += 1 }
    }
    #expect(kills >= 3, "the load was over after a few kills")
    let last = try await rig.backfill.run(rig.words(["-p2", path], batch: "100kB"))
    #expect([0, 1].contains(last.exitCode), "\(last)")
    #expect(last.exitCode == 0 || last.stderr.contains("loaded before"), "\(last)")
    try rig.expect(rows)
    #expect(try rig.target.value("SELECT sum(rows) FROM __backfill.load_batch") == "60000")
  }

  private func marks(_ rig: LoadRig) throws -> Int {
    guard try rig.target.value("SELECT to_regclass('__backfill.load_batch')") != nil else { return 0 }
    return Int(try rig.target.value("SELECT count(*) FROM __backfill.load_batch") ?? "") ?? 0
  }

  @Test("is refused for another file, other options, and other files")
  func refused() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 3000)
    let bad = "no time,1,1,\n"
    let (first, second) = (try rig.file("a.csv", rows.csv + bad), try rig.file("b.csv", bad))
    try await rig.load("-p1", first, second, exits: 1)
    let loaded = try rig.count
    #expect(loaded > 0 && loaded < 3000)
    for (arguments, word) in [
      ([first], "other files"), (["--until", "2024-02-01", first, second], "--until"),
      (["--null", "x", first, second], "--null"), (["--columns", "time,device", first, second], "--columns"),
    ] {
      let outcome = try await rig.backfill.run(rig.words(arguments))
      #expect(outcome.exitCode == 1 && outcome.stderr.contains(word), "\(outcome)")
    }
    let clean = try await rig.run("clean", exits: 1)
    #expect(clean.stderr.contains("1 load of files is not done"), "\(clean)")
    // As long as it was, and its ends as they were.
    try rig.file("a.csv", rows.csv.replacing("note \"\"2000", with: "NOTE \"\"2000") + bad)
    let changed = try await rig.load(first, second, exits: 1)
    #expect(changed.stderr.contains("time of modification"), "\(changed)")
    #expect(try rig.count == loaded)
    try rig.target.execute("TRUNCATE readings")
    try rig.file("a.csv", rows.csv)
    try rig.file("b.csv", "")
    try await rig.load("--again", first, second)
    try rig.expect(rows)
  }

  @Test("is refused where the table was emptied meanwhile, and begins anew with --again")
  func emptied() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 3000)
    let path = try rig.file(rows.csv + "no time,1,1,\n")
    let stopped = try await rig.backfill.run(rig.words(["-p1", path]))
    #expect(stopped.exitCode == 1, "\(stopped)")
    let loaded = try rig.count
    #expect(loaded > 0)
    try rig.target.execute("TRUNCATE readings")
    let refused = try await rig.load("--on-error", "skip", path, exits: 1)
    #expect(
      refused.stderr.contains("is empty, although an earlier run has loaded \(loaded) rows"), "\(refused)")
    try await rig.load("--again", "--on-error", "skip", path)
    try rig.expect(rows)
  }

  @Test("doesn't replace again")
  func replaced() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 3000)
    try rig.target.execute(
      "INSERT INTO readings VALUES ('2024-01-01 00:00Z', 1, 1, 'old'), ('2024-03-01 00:00Z', 1, 1, 'beyond')")
    let path = try rig.file(rows.csv + "no time,1,1,\n")
    let options = ["--replace", "--until", "2024-02-01", "-p1", path]
    let stopped = try await rig.backfill.run(rig.words(options))
    #expect(stopped.exitCode == 1 && stopped.stdout.contains("Deleted 1 row "), "\(stopped)")
    #expect(try rig.target.value("SELECT count(*) FROM readings WHERE note = 'old'") == "0")
    try rig.target.execute("INSERT INTO readings VALUES ('2024-01-01 00:00Z', 1, 1, 'since')")
    let done = try await rig.backfill.run(rig.words(options + ["--on-error", "skip"]))
    #expect(done.exitCode == 0, "\(done)")
    try rig.expect(rows, where: "note IS NULL OR note NOT IN ('since', 'beyond')")
    #expect(try rig.count == 3002)
    // A new load does.
    try await rig.load("--again", "--replace", "--until", "2024-02-01", "--on-error", "skip", path)
    #expect(try rig.count == 3001)
    try await rig.load("--replace", path, exits: 2)
  }

  @Test("after Ctrl-C has its batches in flight, and no others")
  func interrupted() async throws {
    let (rig, proxy, cluster) = try await LoadRig.proxied(TestServer.one.newest())
    let rows = LoadedRows(count: 20_000)
    let path = try rig.file(rows.csv)
    proxy.throttle(200_000)
    let running = try rig.backfill.start(rig.words(["-p2", path]))
    try await rig.target.wait(until: "to_regclass('__backfill.load_batch') IS NOT NULL")
    try await rig.target.wait(until: "EXISTS (SELECT FROM __backfill.load_batch)")
    await running.signal(SIGINT)
    proxy.heal()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 130 && outcome.stderr.contains("run the same command again"), "\(outcome)")
    let loaded = try rig.count
    #expect(loaded > 0 && loaded < 20_000)
    #expect(try rig.target.value("SELECT sum(rows) FROM __backfill.load_batch") == "\(loaded)")
    let done = try await rig.load("-p", "auto", path)
    #expect(done.stdout.contains("Loaded \(20_000 - loaded) rows"), "\(done)")
    #expect(done.stdout.contains("Loaded 20000 rows with what earlier runs have loaded"), "\(done)")
    try rig.expect(rows)
    withExtendedLifetime(cluster) {}
  }

  @Test("is worked on by one process at a time")
  func twoProcesses() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest())
    let rows = LoadedRows(count: 3000)
    let path = try rig.file(rows.csv)
    let holder = try rig.target.session()
    try holder.execute("BEGIN; LOCK TABLE readings IN SHARE MODE")
    let first = try rig.backfill.start(rig.words(["-p2", path]))
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM \(TestDatabase.locks) WHERE NOT granted AND relation = 'readings'::regclass)
        """)
    let second = try await rig.load(path, exits: 1)
    try await first.waitUntilOutput(contains: "waiting for a")
    #expect(second.stderr.contains("another process is loading these files"), "\(second)")
    try holder.execute("COMMIT")
    #expect(try await first.wait().exitCode == 0)
    try rig.expect(rows)
  }

  /// A load of which a batch is in, and which is far from its end.
  private static func startSlowly(
    _ rig: LoadRig, _ proxy: FaultyProxy
  ) async throws -> (path: String, running: RunningBackfill) {
    let path = try rig.file(LoadedRows(count: 20_000).csv)
    proxy.throttle(200_000)
    let running = try rig.backfill.start(rig.words(["-p1", path]))
    try await rig.target.wait(until: "to_regclass('__backfill.load_batch') IS NOT NULL")
    try await rig.target.wait(until: "EXISTS (SELECT FROM __backfill.load_batch)")
    return (path, running)
  }

  @Test("by another process leaves the first one nothing to commit")
  func takenOver() async throws {
    let (rig, proxy, cluster) = try await LoadRig.proxied(TestServer.one.newest())
    let (_, running) = try await Self.startSlowly(rig, proxy)
    try rig.target.execute("UPDATE __backfill.load SET run = 'another'")
    let count = try rig.count
    proxy.heal()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1 && outcome.stderr.contains("taken over"), "\(outcome)")
    #expect(try rig.count == count)
    withExtendedLifetime(cluster) {}
  }

  @Test("over a table that was made anew says so")
  func otherTable() async throws {
    let (rig, proxy, cluster) = try await LoadRig.proxied(TestServer.one.newest())
    let (path, running) = try await Self.startSlowly(rig, proxy)
    // A batch on its way may win a deadlock.
    while (try? rig.target.execute("DROP TABLE readings; \(LoadRig.table)")) == nil {}
    proxy.heal()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(
      outcome.stderr.contains("is not the table") || outcome.stderr.contains("42P01"), "\(outcome)")
    #expect(try rig.count == 0)
    let again = try await rig.load(path, exits: 1)
    #expect(again.stderr.contains("is not the table"), "\(again)")
    withExtendedLifetime(cluster) {}
  }

  /// Starts a load, and lets it go on to its first batch when it has looked at the table and `statement` has changed that.
  private static func start(
    _ rig: LoadRig, _ words: [String], beside statement: String
  ) async throws -> RunningBackfill {
    let other = try rig.target.session()
    try other.execute("BEGIN; \(statement)")
    let running = try rig.backfill.start(rig.words(words))
    try await rig.target.wait(
      until: """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND application_name = 'timescaledb-backfill load')
        """)
    try other.execute("COMMIT")
    return running
  }

  /// A record that it keeps out would count as one outside of the window.
  @Test("ends where a trigger is made meanwhile", arguments: TestServer.one)
  func otherTriggers(server: TestServer) async throws {
    let rig = try await LoadRig.on(
      server,
      setup: LoadRig.table + """
        CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        """)
    let rows = LoadedRows(count: 2000)
    let path = try rig.file(rows.csv)
    let running = try await Self.start(
      rig, ["--until", "2025-01-01T00:00:00Z", path],
      beside: "CREATE TRIGGER keep_out BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION keep_out()")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1 && outcome.stderr.contains("triggers were changed"), "\(outcome)")
    #expect(try rig.target.value("SELECT count(*) FROM __backfill.load_batch") == "0")
    try rig.target.execute("DROP TRIGGER keep_out ON readings")
    try await rig.load("--until", "2025-01-01T00:00:00Z", path)
    try rig.expect(rows)
  }

  /// Batches are sorted because there was none of these: only the order can be another one then.
  @Test(
    "loses nothing where a trigger or a default comes that sees the order of rows",
    arguments: [
      "CREATE TRIGGER tell AFTER INSERT ON readings FOR EACH ROW EXECUTE FUNCTION tell()",
      "ALTER TABLE readings ADD COLUMN number bigserial",
    ])
  func orderSeen(statement: String) async throws {
    let rig = try await LoadRig.on(
      try TestServer.one.newest(),
      setup: LoadRig.table + """
        CREATE TABLE log (number bigserial);
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO public.log DEFAULT VALUES; RETURN new; END';
        """)
    let rows = LoadedRows(count: 2000, isAtRandom: true)
    let running = try await Self.start(rig, [try rig.file(rows.csv)], beside: statement)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    let numbered = statement.contains("COLUMN") ? "readings" : "log"
    let numbers = "SELECT count(DISTINCT number) || ' ' || max(number) FROM \(numbered)"
    #expect(try rig.target.value(numbers) == "2000 2000")
    if numbered == "readings" { try rig.target.execute("ALTER TABLE readings DROP COLUMN number") }
    try rig.expect(rows)
  }

  @Test("over lost connections finds out what became of a commit", arguments: FaultyProxy.Delivery.allCases)
  func lostCommit(delivery: FaultyProxy.Delivery) async throws {
    let (rig, proxy, cluster) = try await LoadRig.proxied(TestServer.one.newest())
    let rows = LoadedRows(count: 4000)
    // The protocol's message that is a COMMIT and nothing else.
    proxy.loseAnswer(to: "Q\u{0}\u{0}\u{0}\u{b}COMMIT", delivery)
    let outcome = try await rig.load("-p2", try rig.file(rows.csv))
    #expect(proxy.cutsDone == 1 && outcome.stderr.contains("trying again"), "\(outcome)")
    try rig.expect(rows)
    #expect(outcome.stdout.contains("Loaded 4000 rows"), "\(outcome)")
    withExtendedLifetime(cluster) {}
  }

  @Test("over connections that are cut in the middle, and a server that restarts")
  func cut() async throws {
    let (rig, proxy, cluster) = try await LoadRig.proxied(TestServer.one.newest())
    let rows = LoadedRows(count: 20_000)
    let path = try rig.file(rows.csv)
    let running = try rig.backfill.start(rig.words(["-p2", path]))
    for bytes in [150_000, 200_000, 100_000] {
      proxy.cut(afterBytes: bytes)
      let deadline = ContinuousClock.now + .seconds(60)
      let done = proxy.cutsDone
      while proxy.cutsDone == done, await running.isRunning, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    try await cluster.restart(immediate: true)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try rig.expect(rows)
  }
}
