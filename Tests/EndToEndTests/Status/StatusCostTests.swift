import Foundation
import TestServers
import Testing

@Suite("What status costs the target", .needsServer) struct StatusCostTests {
  /// A queue of a hundred thousand tasks of fifty hypertables, three quarters of them copied, one each second, a half
  /// verified, one in ten of them parts of large chunks.
  private static let queue = """
    INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name, target_hypertable_schema,
      target_hypertable_name, target_chunk_schema, target_chunk_name, dimensions, staged_by, worked, copied_rows,
      copied_bytes, verified, split, part)
    SELECT '_timescaledb_internal', format('_hyper_%s_%s_chunk', i % 50, i), 'public', 'readings_' || i % 50, 'public',
      'readings_' || i % 50, '_timescaledb_internal', format('_hyper_%s_%s_chunk', i % 50, i),
      jsonb_build_array(jsonb_build_object('column_name', 'time', 'column_type', 'timestamp with time zone',
        'range_start', i * 3600000000, 'range_end', (i + 1) * 3600000000)), '0.1.0',
      CASE WHEN i < 75000 THEN tstzrange(now() - (75001 - i) * interval '1 s', now() - (75000 - i) * interval '1 s') END,
      CASE WHEN i < 75000 THEN 100000 END, CASE WHEN i < 75000 THEN 10000000 END,
      CASE WHEN i < 50000 THEN tstzrange(now() - (75001 - i) * interval '1 s', now() - (75000 - i) * interval '1 s') END,
      CASE WHEN i % 10 = 0 THEN i / 100 END, CASE WHEN i % 10 = 0 THEN i / 10 % 10 END
    FROM generate_series(0::bigint, 99999) AS i;
    UPDATE __backfill.task SET attempts = 1, last_error = 'no' WHERE worked IS NULL AND priority % 1000 = 0;
    """

  /// The user's and the kernel's time that a server process has taken, in milliseconds.
  private func time(of process: Int) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = try #require(text.split(separator: ")").last).split(separator: " ")
    return (Int(fields[11]) ?? 0) * 10 + (Int(fields[12]) ?? 0) * 10
  }

  @Test(
    "is little at 100,000 tasks: few statements, one pass, no parallel workers", arguments: TestServer.one)
  func hundredThousand(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(Self.queue)
    try migration.target.executeAsSuperuser("VACUUM ANALYZE __backfill.task")
    let proxy = try FaultyProxy(to: migration.target.cluster.port)
    let watch = StatementWatch(ignoring: []) { _, _ in .passes }
    proxy.watch(watch)
    let through = migration.target.connectionString.replacing(
      ":\(migration.target.cluster.port)/", with: ":\(proxy.port)/")
    let watching = try BackfillProcess(environment: ["BACKFILL_TARGET": through]).start([
      "status", "--watch=0.1",
    ])
    try await watching.waitUntilOutput(contains: "75000")
    let found = try migration.target.query(
      """
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'timescaledb-backfill status'
      """)
    let process = try #require(found.first?.first?.flatMap { Int($0) })
    func looks() -> Int { watch.statements.filter { $0.contains("LOCK TABLE") }.count }
    let (began, timeBefore, statementsBefore) = (looks(), try time(of: process), watch.statements.count)
    while looks() < began + 10 { try await Task.sleep(for: .milliseconds(20)) }
    // The tenth may still be going on, and the one before the first was.
    let (looked, used, sent) = (
      10, try time(of: process) - timeBefore, watch.statements.count - statementsBefore
    )
    await watching.signal(SIGINT)
    _ = try await watching.wait()
    // 130 ms on a quiet machine; beside other work the same takes up to three times as much of a shared core.
    #expect(used / looked <= 600, "\(used) ms of the server's time for \(looked) looks")
    // Two messages, and a third for the tasks that failed.
    #expect(sent <= 3 * (looked + 2), "\(sent) messages for \(looked) looks")
    let pass = try #require(watch.statements.first { $0.contains("LOCK TABLE") })
    #expect(pass.ranges(of: "FROM __backfill.task\n").count == 1, "\(pass)")
  }
}
