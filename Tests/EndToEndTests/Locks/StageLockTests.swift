import TestServers
import Testing

@Suite("An application beside stage", .needsCommunity) struct StageLockTests {
  private static func table(segmentBy: String) -> String {
    """
    CREATE TABLE devices (id int PRIMARY KEY, seen int);
    INSERT INTO devices SELECT d, 0 FROM generate_series(1, 9) AS d;
    CREATE TABLE busy (time timestamptz NOT NULL, device int REFERENCES devices, value int);
    SELECT create_hypertable('busy', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE busy SET (timescaledb.compress, timescaledb.compress_segmentby = '\(segmentBy)');
    """
  }

  @Test(
    "that reads, and inserts what makes chunks, has no transaction killed by a deadlock",
    arguments: TestServer.community)
  func deadlocks(server: TestServer) async throws {
    // The source's chunks are compressed by other settings than the target's hypertable has.
    let migration = try await Migration.on(
      server,
      setup: Self.table(segmentBy: "device") + """
        INSERT INTO busy SELECT t, 1, 1
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-02-20Z', '6 hours') AS t;
        SELECT compress_chunk(c) FROM show_chunks('busy') AS c;
        """,
      targetSetup: Self.table(segmentBy: "") + """
        INSERT INTO busy SELECT t, 1, 0 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-02Z', '1 day') AS t
        """)
    // The chunks that it makes are undone, as ever more of them would make it slower and slower. Making a chunk locks what
    // its foreign keys refer to, so whoever writes there and makes chunks would run into deadlocks without any help.
    // Between its transactions it pauses: one whose every transaction makes a chunk, without a pause, would be in the way
    // at any moment.
    let application = try Application(on: migration.target, threads: 4) { thread, number in
      let day = "'2030-01-01Z'::timestamptz + interval '1 day' * \(number * 4 + thread)"
      return thread < 3
        ? [
          "SELECT pg_sleep(0.3)", "BEGIN; SELECT count(*), pg_sleep(0.02) FROM busy",
          "INSERT INTO busy VALUES (\(day), \(thread + 1), 1)", "SELECT max(time) FROM busy; ROLLBACK",
        ]
        : [
          "SELECT pg_sleep(0.3)",
          "BEGIN; UPDATE devices SET seen = seen + 1 WHERE id = \(thread + 1); SELECT pg_sleep(0.02)",
          "SELECT count(*) FROM busy; COMMIT",
        ]
    }
    let staged = try await migration.backfill.run(["stage", "--until", "2024-06-01"])
    let during = application.transactions
    try await application.stop()
    #expect(staged.exitCode == 0, "\(staged)")
    #expect(application.errors.isEmpty, "\(application.errors)")
    #expect(during > 0, "the application came to nothing")
    try await migration.copyAndVerify()
    try migration.expectSame("busy", where: "time < '2024-06-01Z'")
  }
}
