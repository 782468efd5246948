import Foundation
import TestServers
import TestTraits
import Testing

@Suite("migrate") struct MigrateTests {
  @Test(
    "without questions does everything but what a person has to tell",
    .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func confirmed(server: TestServer) async throws {
    let rig = try await MigrateRig(on: server)
    let first = try await rig.migrate(["--yes"], exits: 5)
    #expect(first.stderr.contains("again with --writing-to-both"), "\(first)")
    #expect(first.stdout.contains("timescaledb-backfill schema --no-grants"), "\(first)")
    #expect(try rig.jobsOn() == [["0"]])
    try rig.schema.expectSame(MovedDatabase.definitions)

    try rig.writeToBoth()
    let second = try await rig.migrate(["--yes", "--writing-to-both"], exits: 5)
    #expect(second.stderr.contains("--until=public.events=1002001"), "\(second)")
    let third = try await rig.migrate(["--yes", "--writing-to-both"] + MigrateRig.until, exits: 0)
    for command in ["copy -", "verify -", "refresh-caggs\n", "jobs on --stagger=15m\n", "clean\n"] {
      #expect(third.stdout.contains("\n  timescaledb-backfill \(command)"), "\(command): \(third)")
    }
    #expect(!third.stdout.contains("timescaledb-backfill schema --no-grants"), "\(third)")
    #expect(third.stdout.contains("The migration is done"), "\(third)")
    try rig.expectMigrated()

    // Once it is done it doesn't begin anew.
    let fourth = try await rig.migrate(["--yes", "--writing-to-both"] + MigrateRig.until, exits: 5)
    #expect(fourth.stderr.contains("it may be finished"), "\(fourth)")
    try rig.expectMigrated()
  }

  @Test(
    "by one role of the Apache edition", .needs(TestServer.apache), arguments: TestServer.apache)
  func apache(server: TestServer) async throws {
    let rig = try await MigrateRig(on: server)
    _ = try await rig.migrate(["--yes"], exits: 5)
    try rig.writeToBoth()
    _ = try await rig.migrate(["--yes", "--writing-to-both"] + MigrateRig.until, exits: 0)
    try rig.expectMigrated()
  }

  @Test(
    "to a provider's target, by a role that is no superuser", .needs(TestServer.communityEndsWithClients),
    arguments: TestServer.communityEndsWithClients)
  func managed(server: TestServer) async throws {
    var rig = try await MigrateRig(on: server)
    rig.target = try rig.schema.provide()
    let first = try await rig.migrate(["--yes", "--managed"], exits: 5)
    // The extension is there already.
    #expect(first.stdout.contains("Step 1 of 10: check\n"), "\(first)")
    try rig.writeToBoth()
    let second = try await rig.migrate(
      ["--yes", "--managed", "--writing-to-both"] + MigrateRig.until, exits: 0)
    #expect(!second.stdout.contains("schema --managed"), "\(second)")
    try rig.schema.expectSame(Array(MovedDatabase.contents.prefix(6)))
    #expect(try rig.jobsOn() == [["5"]])
  }

  /// An application writes all the time: first to the source, then to both.
  @Test("in a terminal, with the completion point that it suggests", .needs(TestServer.oneCommunity))
  func suggested() async throws {
    let rig = try await MigrateRig(on: try #require(TestServer.oneCommunity.first))
    let (source, target) = (try rig.schema.sourceSession(), { try rig.schema.targetSession() })
    func write(_ value: Int, to sessions: SQLSession...) throws {
      // A device whose clock is ahead writes too.
      let now = try source.query("SELECT now(), now() + interval '70 seconds'")[0].map { $0 ?? "" }
      for session in sessions {
        for time in now { try session.execute("INSERT INTO readings VALUES ('\(time)', 9, \(value))") }
      }
    }
    let talk = try rig.talk()
    try await talk.expect("Step 2 of 10: schema")
    try write(1, to: source)
    try await talk.expect("Step 2 of 10: check, with the schema in place")
    try write(2, to: source)
    // Enter is no promise.
    _ = try await talk.question()
    try write(3, to: source)
    try await talk.expect("Do all writers write to both databases now? [y/N]", "y\n")
    try write(4, to: source, try target())
    let asked = try await talk.expect("Completion point [", "soon\n")
    try await talk.expect(#"--until: "soon" is neither a time nor an integer"#)
    let suggested = try #require(asked.firstMatch(of: /Completion point \[(.*)Z\]/)?.output.1)
    #expect(suggested.hasSuffix(":00"), "\(asked)")
    try await talk.expect("(integer, newest: 499500) [499501]", "one\n")
    try await talk.expect(#""one" is"#, "\n")
    try await talk.expect(#"Completion point of "public"."events" (integer, newest: 499500) [499501]"#)
    try write(5, to: source, try target())
    try await talk.expect("timescaledb-backfill stage --until=\(suggested)Z --until=public.events=499501")
    try await talk.program.waitUntilOutput(contains: "Waiting for the completion point")
    try write(6, to: source, try target())
    try await talk.expect("Step 6 of 10: copy")
    // Rows of a device's clock were counted in.
    #expect(
      try source.query("SELECT count(*) FROM readings WHERE value <= 3 AND time >= '\(suggested)Z'") == [
        ["0"]
      ])
    #expect(try source.query("SELECT now() > '\(suggested)Z'") == [["t"]])
    for step in ["verify", "refresh-caggs", "jobs on", "clean"] { try await talk.expect(": \(step)") }
    let outcome = try await talk.program.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    rig.schema.expectNoPassword(in: outcome)
    try rig.schema.expectSame(["SELECT * FROM readings ORDER BY 1, 2", "SELECT * FROM events ORDER BY 1"])
    #expect(try target().query("SELECT count(*) FROM readings WHERE device = 9") == [["12"]])
  }

  @Test("goes on where it was left, at each step and in any way", .needs(TestServer.oneCommunity))
  func left() async throws {
    let rig = try await MigrateRig(on: try #require(TestServer.oneCommunity.first))
    var ways = ["n\n", "\u{3}", "\u{4}", "no, thanks\n"]
    var answers: [String] = []
    var questions: [String] = []
    while questions.count < 20 {
      let talk = try rig.talk()
      // What was answered before isn't asked again, but for the checks.
      var asked = try await talk.question()
      if questions.last != nil, asked?.contains(": check") == true,
        questions.last?.contains(": check") != true
      {
        try await talk.answer("\n")
        asked = try await talk.question()
      }
      if let answer = answers.popLast() {
        #expect(asked.map(Self.shortened) == questions.last)
        if answer == "y\n" { try rig.writeToBoth() }
        try await talk.answer(answer)
        if answer.hasPrefix("2026") {
          try await talk.expect(#"Completion point of "public"."events""#, "1000000\n")
        }
        asked = try await talk.question()
      }
      guard let asked else {
        let outcome = try await talk.program.wait()
        #expect(outcome.exitCode == 0, "\(outcome)")
        break
      }
      questions.append(Self.shortened(asked))
      answers.append(Self.answer(to: asked))
      ways.append(ways.removeFirst())
      // Where a time is asked for, no word is an answer.
      try await talk.answer(asked.contains("Completion point") ? "\u{3}" : ways[0])
      let outcome = try await talk.program.wait()
      #expect(outcome.exitCode == 130, "\(outcome)")
      #expect(outcome.stdout.contains("hint: to go on, run: timescaledb-backfill migrate --"), "\(outcome)")
    }
    #expect(questions.count == 10, "\(questions)")
    try rig.expectMigrated()
  }

  private static func answer(to question: String) -> String {
    if question.contains("Do all writers") { return "y\n" }
    return question.contains("Completion point [") ? "2026-01-01T12:30:00Z\n" : "\n"
  }

  private static func shortened(_ question: String) -> String {
    question.firstMatch(of: /Step [^\r\n]*/).map { String($0.output) } ?? question
  }
}
