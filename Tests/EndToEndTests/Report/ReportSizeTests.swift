import TestServers
import Testing

@Suite("A report of many tasks", .needsServer) struct ReportSizeTests {
  /// Ten thousand tasks of five hypertables, done by two runs of eight workers, one in a hundred of them failed.
  private static let queue = """
    INSERT INTO __backfill.run (command, version, options, name, started, ended, outcome)
    VALUES ('copy', '0.1.0', '', 'one', now() - interval '3 hours', now() - interval '1 hour', 'done'),
      ('verify', '0.1.0', '', 'two', now() - interval '1 hour', now(), 'done');
    INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name, dimensions, staged_by,
      worked, copied_rows, copied_bytes, copied_by, copied_backend, verified, verified_by, verified_backend, attempts,
      last_error, last_error_at)
    SELECT '_timescaledb_internal', format('_hyper_%s_%s_chunk', i % 5, i), 'public', 'readings_' || i % 5,
      jsonb_build_array(jsonb_build_object('column_name', 'time', 'column_type', 'timestamp with time zone',
        'range_start', i / 5 * 3600000000, 'range_end', (i / 5 + 1) * 3600000000)), '0.1.0',
      CASE WHEN i % 100 > 0 THEN tstzrange(now() - (10800 - i * 0.72) * interval '1 s',
        now() - (10794 - i * 0.72) * interval '1 s') END,
      CASE WHEN i % 100 > 0 THEN 100000 + i END, CASE WHEN i % 100 > 0 THEN 10000000 + i * 17 END, 'one', 100 + i % 8,
      CASE WHEN i % 100 > 0 THEN tstzrange(now() - (3600 - i * 0.36) * interval '1 s',
        now() - (3597 - i * 0.36) * interval '1 s') END, 'two', 200 + i % 8,
      CASE WHEN i % 100 = 0 THEN 1 ELSE 0 END, CASE WHEN i % 100 = 0 THEN 'target: copying rows: out of space' END,
      CASE WHEN i % 100 = 0 THEN now() END
    FROM generate_series(0::bigint, 9999) AS i;
    """

  @Test("has less than two megabytes for ten thousand of them", arguments: TestServer.one)
  func tenThousand(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2023-02-01")
    try migration.target.execute(Self.queue)
    let written = try await migration.report()
    #expect(written.outcome.stdout.utf8.count < 2_000_000, "\(written.outcome.stdout.utf8.count) bytes")
    #expect(written.verdict == "Failed.")
    let rows = try written.rows("Hypertables and continuous aggregates")
    #expect(rows.compactMap { $0["Tasks"] }.filter { $0 == "2,000" }.count == 5)
    #expect(try written.rows("Failures and differences").count == 100)
  }
}
