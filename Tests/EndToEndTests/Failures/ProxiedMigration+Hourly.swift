import TestServers
import Testing

/// Which server a test does something to.
enum ServerEnd: String, CaseIterable, CustomTestStringConvertible {
  case source
  case target

  var testDescription: String { rawValue }
}

/// A copy that is slow enough for something to happen in the middle of it.
extension ProxiedMigration {
  /// 30 chunks, each of 50 kB on the wire.
  static let hourly = """
    CREATE TABLE hourly (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('hourly', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO hourly SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 05:59Z', '2 min') AS t, generate_series(1, 10) AS d
    """

  static func stagedHourly(
    on server: TestServer, until: String = "2024-02-01"
  ) async throws -> ProxiedMigration {
    try await ProxiedMigration.on(server, setup: hourly, until: until)
  }

  func database(at end: ServerEnd) -> TestDatabase { end == .source ? source : target }

  /// Starts a copy, and returns in the middle of its first chunks: each of those to come takes seconds, until the throttle
  /// is taken away.
  func startSlowly(_ options: String...) async throws -> RunningBackfill {
    sourceProxy.throttle(10_000, after: 300_000)
    let running = try backfill.start(["copy", "-p2"] + options)
    try await running.waitUntilOutput(contains: "[3/30]")
    return running
  }

  /// Expects that every chunk was copied, each row of it once.
  func expectAllCopied(
    by outcome: BackfillProcess.Outcome, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(outcome.exitCode == 0, "\(outcome)", sourceLocation: sourceLocation)
    #expect(Set(outcome.copiedChunks).count == 30, "\(outcome)", sourceLocation: sourceLocation)
    try await run("verify", sourceLocation: sourceLocation)
    try migration.expectSame("hourly", sourceLocation: sourceLocation)
  }
}
