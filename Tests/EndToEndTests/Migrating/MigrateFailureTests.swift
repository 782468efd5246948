import Foundation
import TestServers
import TestTraits
import Testing

@Suite("migrate, when something is in its way", .needs(TestServer.oneCommunity)) struct MigrateFailureTests {
  private static let confirmed = ["--yes", "--writing-to-both"] + MigrateRig.until

  private func prepared() async throws -> MigrateRig {
    let rig = try await MigrateRig(on: try #require(TestServer.oneCommunity.first))
    _ = try await rig.migrate(["--yes"], exits: 5)
    return rig
  }

  @Test("asks nothing where nobody can answer") func nobody() async throws {
    let outcome = try await BackfillProcess(source: "host=/nowhere", target: "host=/nowhere").run(["migrate"])
    #expect(outcome.exitCode == 2, "\(outcome)")
    #expect(outcome.stderr.contains("standard input and output are no terminal"), "\(outcome)")
  }

  @Test("ends right after kill -9 in the middle of a copy") func killed() async throws {
    let rig = try await prepared()
    try rig.writeToBoth()
    let holder = try rig.schema.targetSession()
    let chunks = try holder.query("SELECT c::text FROM show_chunks('events') AS c").compactMap { $0[0] }
    try holder.execute("BEGIN; LOCK TABLE \(chunks.joined(separator: ", ")) IN SHARE MODE")
    let running = try rig.start(Self.confirmed)
    let observer = try rig.schema.targetSession()
    let deadline = ContinuousClock.now + .seconds(240)
    func copied() throws -> Int {
      let counted = try? observer.query("SELECT count(*) FROM __backfill.task WHERE worked IS NOT NULL")
      return counted?.first?.first.flatMap { $0 }.flatMap(Int.init) ?? 0
    }
    while try copied() < 10 {
      try #require(ContinuousClock.now < deadline, "\(running.output) \(running.errors)")
      try await Task.sleep(for: .milliseconds(20))
    }
    await running.signal(SIGKILL)
    #expect(try await running.wait().ending == .signaled(SIGKILL))
    #expect(try observer.query("SELECT count(*) > 0 FROM __backfill.task WHERE worked IS NULL") == [["t"]])
    try holder.execute("ROLLBACK")
    let again = try await rig.migrate(["--yes"], exits: 0)
    #expect(!again.stdout.contains("timescaledb-backfill stage"), "\(again)")
    try rig.expectMigrated()
  }

  /// From the first moment to the last. Nothing is written, so there is nothing to be told.
  @Test("ends right after kill -9 at up to twenty moments") func kills() async throws {
    let rig = try await MigrateRig(on: try #require(TestServer.oneCommunity.first))
    var random = SeededRandom.ofThisRun(for: "moments to kill migrate at")
    var kills = 0
    while kills < 20 {
      let running = try rig.start(Self.confirmed)
      // Each of them has the time for some steps.
      usleep(UInt32.random(in: 0...1_500_000, using: &random))
      await running.signal(SIGKILL)
      let outcome = try await running.wait()
      // A server process that a killed run has left may still be at work: what is run meanwhile says so.
      if outcome.exitCode == 0 || outcome.stderr.contains("it may be finished") { break }
      #expect(outcome.ending == .signaled(SIGKILL) || outcome.exitCode == 1, "\(outcome)")
      kills += 1
    }
    #expect(kills > 1)
    var isDone = false
    var last: BackfillProcess.Outcome?
    for _ in 1...20 where !isDone {
      let outcome = try await rig.schema.process().run(rig.words(Self.confirmed))
      isDone = outcome.exitCode == 0 || outcome.stderr.contains("it may be finished")
      #expect(isDone || outcome.exitCode == 1, "\(outcome)")
      last = outcome
      if !isDone { try await Task.sleep(for: .seconds(1)) }
    }
    try #require(isDone, "after \(kills) kills: \(last.map { "\($0)" } ?? "")")
    try rig.expectMigrated()
  }

  /// It is killed right after its first step, or somebody has done that by hand.
  @Test("begins with the schema that is there and has no rows") func schemaAlone() async throws {
    let rig = try await MigrateRig(on: try #require(TestServer.oneCommunity.first))
    _ = try await rig.schema.schema("--no-grants")
    let outcome = try await rig.migrate(Self.confirmed, exits: 0)
    #expect(!outcome.stdout.contains("timescaledb-backfill schema --no-grants"), "\(outcome)")
    try rig.expectMigrated()
  }

  @Test("has a failing step's exit code, and does not turn jobs on while anything differs") func differs()
    async throws
  {
    let rig = try await prepared()
    try rig.writeToBoth()
    let talk = try rig.talk(Array(Self.confirmed.dropFirst()))
    for step in ["check", "stage", "copy"] { try await talk.expect(": \(step)") }
    _ = try await talk.question()
    let tampering = "UPDATE readings SET value = value + 1 WHERE time = '2025-12-22 10:00Z' AND device = 2"
    try rig.schema.targetSession().execute(tampering)
    try await talk.expect(": verify")
    let outcome = try await talk.program.wait()
    #expect(outcome.exitCode == 3, "\(outcome)")
    #expect(outcome.stdout.contains("the step verify is not done (exit code 3)"), "\(outcome)")
    let again = try await rig.migrate(["--yes"], exits: 3)
    #expect(!again.stdout.contains("refresh-caggs"), "\(again)")
    #expect(try rig.jobsOn() == [["0"]])
    _ = try await rig.schema.process().run(["copy", "--again", "--differing", "-p2"])
    _ = try await rig.migrate(["--yes"], exits: 0)
    try rig.expectMigrated()
  }

  @Test("looks for chunks that came after staging, although all that was staged is done") func unstaged()
    async throws
  {
    let rig = try await prepared()
    try rig.writeToBoth()
    let talk = try rig.talk(Array(Self.confirmed.dropFirst()))
    for step in ["check", "stage"] { try await talk.expect(": \(step)") }
    try await talk.expect(": copy", "n\n")
    #expect(try await talk.program.wait().exitCode == 130)
    // An application that doesn't write to both sides after all.
    try rig.schema.sourceSession().execute("INSERT INTO readings VALUES ('2025-11-11Z', 1, 1)")
    for _ in 1...2 {
      let outcome = try await rig.migrate(["--yes"], exits: 1)
      #expect(outcome.stderr.contains("the step copy is not done"), "\(outcome)")
    }
    let staged = try await rig.schema.process().run(["stage"] + MigrateRig.until)
    #expect(staged.exitCode == 0, "\(staged)")
    _ = try await rig.migrate(["--yes"], exits: 0)
    try rig.expectMigrated()
  }

  /// While a question is open, and while it waits for the completion point.
  @Test("shows a step again that somebody else has decided otherwise meanwhile") func decidedMeanwhile()
    async throws
  {
    let rig = try await prepared()
    try rig.writeToBoth()
    let session = try rig.schema.targetSession()
    func decide(_ time: String) throws {
      try session.execute(
        "UPDATE __backfill.migration SET until = ARRAY['\(time)', 'public.events=1000000']")
    }
    func staged() throws -> [[String?]] {
      try session.query("SELECT to_regclass('__backfill.task') IS NOT NULL")
    }
    let talk = try rig.talk(["--writing-to-both"])
    try await talk.expect(": check")
    try await talk.expect("Completion point [", "2026-01-01T12:30:00Z\n")
    try await talk.expect(#"Completion point of "public"."events""#, "1000000\n")
    let first = try await talk.question()
    #expect(first?.contains("stage --until=2026-01-01T12:30:00Z") == true, "\(first ?? "")")
    let soon = try #require(
      try session.query(
        "SELECT to_char((now() + interval '2 seconds') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
      ).first?.first ?? nil)
    try decide(soon)
    try await talk.answer("\n")
    let second = try await talk.question()
    #expect(second?.contains("stage --until=\(soon)") == true, "\(second ?? "")")
    #expect(try staged() == [["f"]])
    // From then on the source has rows of its own, which is asked about otherwise.
    for side in [try rig.schema.sourceSession(), session] {
      try side.execute("INSERT INTO readings VALUES ('\(soon)', 1, 1)")
    }
    try await talk.answer("\n")
    try await talk.program.waitUntilOutput(contains: "Waiting for the completion point")
    try decide("2026-01-01T12:40:00Z")
    let third = try await talk.question()
    #expect(third?.contains("stage --until=2026-01-01T12:40:00Z") == true, "\(third ?? "")")
    #expect(try staged() == [["f"]])
    try await talk.answer("\n")
    for step in ["copy", "verify", "refresh-caggs", "jobs on", "clean"] { try await talk.expect(": \(step)") }
    let outcome = try await talk.program.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    try rig.expectMigrated()
  }

  @Test("is stopped by rows that the source alone has from the completion point on") func onlyOnSource()
    async throws
  {
    let rig = try await prepared()
    try rig.schema.sourceSession().execute("INSERT INTO readings VALUES ('2026-01-01 12:30Z', 1, 1)")
    let outcome = try await rig.migrate(Self.confirmed, exits: 1)
    #expect(
      outcome.stderr.contains(
        #"error: the target has no rows from the completion point on, where the source has some: "public"."readings""#
      ),
      "\(outcome)")
    #expect(try rig.schema.targetSession().query("SELECT to_regclass('__backfill.task')") == [[nil]])
    let later = ["--until", "2026-01-01T12:31:00Z", "--until", "public.events=1000000"]
    _ = try await rig.migrate(["--yes"] + later, exits: 0)
    try rig.expectMigrated()
  }

  @Test("keeps to what was staged") func otherOptions() async throws {
    let rig = try await prepared()
    try rig.writeToBoth()
    let talk = try rig.talk([
      "--writing-to-both", "--until", "2026-01-01T12:30:00Z", "--filter", "readings", "--cascade-up",
    ])
    for session in [try rig.schema.sourceSession(), try rig.schema.targetSession()] {
      try session.execute("INSERT INTO readings VALUES ('2100-01-01Z', 1, 1)")
    }
    for step in ["check", "stage"] { try await talk.expect(": \(step)") }
    let told = try await talk.expect(": copy", "n\n")
    #expect(told.contains(#""public"."readings" has rows up to 2100-01-01 00:00:00+00"#), "\(told)")
    _ = try await talk.program.wait()
    let other = try await rig.migrate(["--yes", "--until", "2026-01-02"], exits: 2)
    #expect(other.stderr.contains("was staged with other options"), "\(other)")
    let same = try await rig.migrate(["--yes"], exits: 0)
    #expect(same.stdout.contains("refresh-caggs --filter=readings --cascade-up\n"), "\(same)")
    try rig.schema.expectSame(["SELECT * FROM readings ORDER BY 1, 2", "SELECT * FROM hourly ORDER BY 1, 2"])
    #expect(try rig.schema.targetSession().query("SELECT count(*) FROM plant.spread") == [["0"]])
  }

  @Test("needs a time for each hypertable whose time is a number") func times() async throws {
    let rig = try await prepared()
    let outcome = try await rig.migrate(["--yes", "--writing-to-both", "--until", "2026-01-01"], exits: 5)
    #expect(outcome.stderr.contains("give each its own: --until public.events=TIME"), "\(outcome)")
    let words = try await rig.migrate(["--yes", "--until", "now"], exits: 2)
    #expect(words.stderr.contains("now"), "\(words)")
  }

  @Test("does not go on with another source") func otherSource() async throws {
    let rig = try await prepared()
    let other = try await rig.schema.source.makeDatabase(
      version: rig.schema.server.timescaleVersion, name: "other")
    for statements in MovedDatabase.setup { try other.execute(statements) }
    var process = rig.schema.process()
    process.environment["BACKFILL_SOURCE"] = rig.schema.source.superuserConnectionString(database: "other")
    let outcome = try await process.run(["migrate"] + Self.confirmed)
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("is one between other databases: source: database OID was"), "\(outcome)")
  }

  @Test("takes a target that has the schema already, and turns its jobs off") func madeByHand() async throws {
    let rig = try await prepared()
    // As somebody may have left it, who has gone the first steps alone.
    let target = try rig.schema.targetSession()
    try target.execute("DROP SCHEMA __backfill CASCADE")
    try target.execute(
      """
      SELECT alter_job(id, scheduled => true, timezone => timezone) FROM _timescaledb_config.bgw_job
      WHERE proc_name IN ('policy_retention', 'tidy')
      """)
    try rig.writeToBoth()
    let refused = try await rig.migrate(Self.confirmed, exits: 5)
    #expect(refused.stderr.contains("add --no-schema"), "\(refused)")
    let outcome = try await rig.migrate(Self.confirmed + ["--no-schema"], exits: 0)
    #expect(outcome.stdout.contains("timescaledb-backfill jobs off\n"), "\(outcome)")
    #expect(try rig.jobsOn() == [["2"]])
    try rig.schema.expectSame(Array(MovedDatabase.contents.prefix(6)))
  }
}
