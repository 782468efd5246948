import TestServers
import Testing

/// The time left of a real copy, as it stands on the terminal, where each connection to the source is slow.
@Suite("The time left of a copy of mixed chunks", .needsCommunity) struct CopyTimeLeftTests {
  /// Small, large and compressed chunks of the same times, so that they follow each other. The large ones take four seconds
  /// each.
  private static let setup = """
    CREATE TABLE small (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('small', 'time', chunk_time_interval => interval '1 hour');
    INSERT INTO small SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:59Z', '5 min') AS t, generate_series(1, 10) AS d;
    CREATE TABLE large (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('large', 'time', chunk_time_interval => interval '2 hours');
    INSERT INTO large SELECT t, d, repeat(md5(t::text), 4)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:59Z', '3 min') AS t, generate_series(1, 40) AS d;
    CREATE TABLE packed (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('packed', 'time', chunk_time_interval => interval '6 hours');
    ALTER TABLE packed SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
    INSERT INTO packed SELECT t, d, md5(t::text || d)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02 23:59Z', '3 min') AS t, generate_series(1, 10) AS d;
    SELECT compress_chunk(c) FROM show_chunks('packed') AS c
    """

  /// The last time left that the terminal has shown, in seconds.
  private func left(in shown: String) -> Int? {
    guard let line = shown.split(separator: "\r").last(where: { $0.contains(" left") }),
      let match = line.firstMatch(of: #/(?:([0-9]+)m )?([0-9]+)s left/#), let seconds = Int(match.output.2)
    else { return nil }
    return (match.output.1.flatMap { Int($0) } ?? 0) * 60 + seconds
  }

  /// The bound is that of the tests with a scripted clock. Here others use the machine too, and so one look in ten may miss
  /// it.
  @Test("is within a quarter of the truth, or three seconds, from one fifth of it on") func mixed()
    async throws
  {
    let server = try #require(TestServer.oneCommunity.first)
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    rig.sourceProxy.throttle(70_000)
    let running = try rig.backfill.start(["copy", "-p3"], terminal: Terminal(columns: 200, rows: 40))
    try await running.waitUntilOutput(contains: "/80 chunks")
    let began = ContinuousClock.now
    var looks: [(at: Duration, left: Int?)] = []
    while await running.isRunning, looks.count < 4000 {
      looks.append((began.duration(to: .now), left(in: String(running.output.suffix(4000)))))
      try await Task.sleep(for: .milliseconds(250))
    }
    let end = began.duration(to: .now)
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    let late = looks.filter { $0.at >= end / 5 }
    let missed = late.filter { look in
      guard let left = look.left else { return true }
      let truth = (end - look.at) / .seconds(1)
      return abs(Double(left) - truth) > max(truth / 4, 3)
    }
    #expect(late.count >= 20, "\(end)")
    #expect(missed.count * 10 <= late.count, "of \(late.count) looks in \(end): \(missed)")
  }
}
