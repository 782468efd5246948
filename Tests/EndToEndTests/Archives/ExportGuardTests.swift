import TestServers
import Testing

/// What goes past the snapshot of an export (see `SourceChangedWhileReadTests`).
@Suite("A chunk that changes its form while it is exported", .needsCommunity) struct ExportGuardTests {
  /// Two days; the first is partly compressed where that is asked for.
  private static func setup(partial: Bool) -> String {
    """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    INSERT INTO m SELECT t, d, d FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t,
      generate_series(1, 2) AS d;
    """
      + (partial
        ? """

        SELECT compress_chunk(c) FROM show_chunks('m', older_than => '2024-01-03Z'::timestamptz) AS c;
        INSERT INTO m SELECT '2024-01-02 00:00:01Z'::timestamptz + i * interval '1 second', 1, -i
        FROM generate_series(1, 100) AS i;
        """ : "")
  }

  @Test(
    "fails, and nothing of it is in the archive; the next export has it", arguments: [false, true],
    TestServer.communityEnds)
  func compressed(partial: Bool, server: TestServer) async throws {
    let setup = Self.setup(partial: partial)
    let rig = try ArchiveRig(
      try await Migration.on(
        server, setup: setup,
        targetSetup: setup.split(separator: "\n").prefix(3).joined(separator: "\n")))
    let (running, session) = try await rig.exportWaiting(for: try rig.sourceChunk("range_start DESC"))
    try rig.source.execute(
      "SELECT compress_chunk(c) FROM show_chunks('m', older_than => '2024-01-03Z'::timestamptz) AS c")
    try session.execute("ROLLBACK")
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("on the source while it was being read"), "\(outcome)")
    #expect(try rig.descriptions().count == 1)
    let unfinished = try await rig.import(exits: 1)
    #expect(unfinished.stderr.contains("1 of 2 files missing"), "\(unfinished)")
    try await rig.export()
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
  }
}
