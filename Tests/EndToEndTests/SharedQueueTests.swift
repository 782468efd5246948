import TestServers
import Testing

@Suite("A shared queue", .needsServer) struct SharedQueueTests {
  private static let setup = """
    CREATE TABLE shared (time timestamptz NOT NULL, device int);
    SELECT create_hypertable('shared', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO shared SELECT t, d
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 15:59Z', '10 minutes') AS t,
      generate_series(1, 50) AS d;
    """

  @Test("is worked off by two copies at once, each task by one", arguments: TestServer.ends)
  func twoCopies(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    let gate = try Gate(closedOn: migration.target)
    let first = try migration.backfill.start(["copy", "-p2"])
    let second = try migration.backfill.start(["copy", "-p2"])
    try await gate.waitForArrivals(4)
    try gate.open()
    let outcomes = [try await first.wait(), try await second.wait()]
    var chunks: [String] = []
    for outcome in outcomes {
      #expect(outcome.exitCode == 0, "\(outcome)")
      let copied = outcome.copiedChunks
      #expect(copied.count >= 2, "\(outcome)")
      chunks += copied
    }
    #expect(chunks.count == 40)
    #expect(Set(chunks).count == 40)
    try await migration.run("verify")
    try migration.expectSame("shared", where: "time < '2024-01-02 15:30Z'")
  }

  @Test("is not staged anew or cleaned while it is being worked off", arguments: TestServer.one)
  func inUse(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02T15:30:00Z")
    let gate = try Gate(closedOn: migration.target)
    let copy = try migration.backfill.start(["copy", "-p2"])
    try await gate.waitForArrivals(2)
    for arguments in [["clean"], ["stage", "--until", "2024-02-01"]] {
      let refused = try await migration.backfill.run(arguments)
      #expect(refused.exitCode == 1, "\(refused)")
      #expect(refused.stderr.contains("in use by"), "\(refused)")
    }
    try gate.open()
    let outcome = try await copy.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
  }
}

extension BackfillProcess.Outcome {
  /// The chunks that standard output says were copied, in its order.
  var copiedChunks: [String] {
    stdout.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix("["), let verb = line.firstRange(of: "] Copied ") else { return nil }
      return String(line[verb.upperBound...].prefix { $0 != " " })
    }
  }
}
