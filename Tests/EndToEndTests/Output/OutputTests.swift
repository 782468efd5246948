import TestServers
import Testing

@Suite("Output", .needsServer) struct OutputTests {
  private static let escape = "\u{1b}"

  @Test("for a pipe is one line for each chunk, facts first", arguments: TestServer.one)
  func pipe(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let version = try await migration.run("--version").stdout
    let staged = try await migration.run("stage", "--until", "2024-02-01")
    let copied = try await migration.run("copy", "-p1")
    let verified = try await migration.run("verify", "-p1")
    for outcome in [staged, copied, verified] {
      #expect(outcome.stdout.hasPrefix(version), "\(outcome)")
      #expect(outcome.stderr.isEmpty, "\(outcome)")
      #expect(!outcome.stdout.contains(Self.escape) && !outcome.stdout.contains("\r"), "\(outcome)")
    }
    #expect(staged.stdout.contains("Staged 5 chunks to copy"), "\(staged)")
    for (outcome, verb) in [(copied, "Copied"), (verified, "Verified")] {
      let lines = outcome.stdout.split(separator: "\n").filter { $0.hasPrefix("[") }
      #expect(lines.count == 5, "\(outcome)")
      let form = try Regex(
        #"\[[1-5]/5\] \#(verb) "_timescaledb_internal"\."_hyper_1_[0-9]+_chunk" in [0-9.]+m?s, [0-9]+ rows?, .*/s\); "public"\."[a-z_]+" [0-9:+ -]+ to [0-9:+ -]+"#
          .replacing(verb == "Verified" ? ", .*/s" : "\u{0}", with: ".*/s"))
      for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
    }
    // Newest first.
    #expect(copied.copiedChunks.first?.contains("_hyper_1_5_chunk") == true, "\(copied)")
    #expect(copied.stdout.contains("from 5 chunks in "), "\(copied)")
    #expect(verified.stdout.contains("Verified 5 chunks in ") && verified.stdout.contains("0 chunks differ"))
  }

  @Test("for a terminal is redrawn, and not with NO_COLOR", arguments: [true, false])
  func terminal(isPlain: Bool) async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    var backfill = migration.backfill
    if isPlain { backfill.environment["NO_COLOR"] = "1" }
    let gate = try Gate(closedOn: migration.target)
    let running = try backfill.start(["copy", "-p2"], terminal: Terminal(columns: 90, rows: 20))
    try await gate.waitForArrivals(2)
    try await running.waitUntilOutput(contains: isPlain ? "Copying 5 chunks" : "0/5 chunks")
    if !isPlain {
      // Both workers' tasks are held up, and the server says by whom.
      try await running.waitUntilOutput(contains: "waiting for lock (pid \(gate.process))")
    }
    try gate.open()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(outcome.stdout.contains(Self.escape) == !isPlain, "\(outcome)")
    #expect(outcome.stdout.contains("[5/5]"), "\(outcome)")
    try migration.expectSame("stated")
  }
}
