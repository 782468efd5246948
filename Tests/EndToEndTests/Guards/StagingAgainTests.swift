import TestServers
import TestTraits
import Testing

@Suite("Staging again", .needsServer) struct StagingAgainTests {
  private static let setup = """
    CREATE TABLE again (time timestamptz NOT NULL, device int, note text);
    SELECT create_hypertable('again', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO again SELECT t, d, 'x' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:59Z', '10 minutes') AS t,
      generate_series(1, 3) AS d ORDER BY t;
    """

  /// Merges the source's first two chunks, of which the first keeps its name.
  private func merge(_ database: TestDatabase) throws {
    let chunks = try database.query(
      """
      SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks
      WHERE hypertable_name = 'again' ORDER BY range_start LIMIT 2
      """
    ).compactMap { $0[0] }
    try #require(chunks.count == 2)
    try database.execute("CALL merge_chunks('\(chunks[0])', '\(chunks[1])')")
  }

  private static let merging = Servers(.ends, .community, .since(2, 18))

  @Test("copies the rows that a merge brought into a copied chunk", .needs(merging), arguments: merging)
  func mergedIntoCopied(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02Z")
    try await migration.run("copy")
    try merge(migration.source)
    let again = try await migration.run("stage", "--until", "2024-02-01")
    #expect(again.stdout.contains("Staged 3 chunks"), "\(again)")
    try await migration.copyAndVerify()
    #expect(try migration.source.value("SELECT count(*) FROM again") == "1728")
    try migration.expectSame("again")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
  }

  @Test("copies merged chunks whose tasks were waiting", .needs(merging), arguments: merging)
  func mergedWhileWaiting(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try merge(migration.source)
    let again = try await migration.run("stage", "--until", "2024-02-01")
    #expect(again.stdout.contains("uncopied tasks of 2 chunks replaced"), "\(again)")
    try await migration.copyAndVerify()
    try migration.expectSame("again")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    let quiet = try await migration.run("stage", "--until", "2024-02-01")
    #expect(quiet.stdout.contains("Staged 0 chunks"), "\(quiet)")
  }

  @Test(
    "doubles no row of a chunk in which the window ends, in parts or not", arguments: TestServer.ends,
    [false, true])
  func overlapping(server: TestServer, inParts: Bool) async throws {
    // Chunks with other bounds on the target: rows go in through the hypertable, which nothing else keeps apart.
    let target = Self.setup.split(separator: "INSERT")[0].replacing("1 day", with: "7 days")
    let migration = try await Migration.on(
      server, setup: Self.setup,
      targetSetup: target + "INSERT INTO again VALUES ('2024-01-03 20:00Z', 1, 'live');")
    let size = inParts ? ["--split-size", "2kB"] : []
    for until in ["2024-01-03T12:00:00Z", "2024-01-03T18:00:00Z"] {
      let outcome = try await migration.backfill.run(["stage", "--until", until] + size)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    // Whatever else means the same rows has the time to run beside it.
    try migration.target.noteDoneTasks(delayingFirst: 1)
    try await migration.run("copy", "-p8")
    let window = "time < '2024-01-03 18:00Z'"
    #expect(try migration.target.value("SELECT count(*) FROM again WHERE \(window)") == "1188")
    try await migration.run("verify")
    try migration.expectSame("again", where: window)
    #expect(try migration.target.value("SELECT note FROM again WHERE NOT \(window)") == "live")
  }

  @Test("with an earlier end leaves what is behind it alone", arguments: TestServer.ends)
  func earlier(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    let again = try await migration.run("stage", "--until", "2024-01-02T12:00:00Z")
    #expect(again.stdout.contains("uncopied tasks of 3 chunks replaced"), "\(again)")
    try migration.target.execute(
      "INSERT INTO again VALUES ('2024-01-02 13:00Z', 9, 'live'), ('2024-01-04Z', 9, 'live')")
    try await migration.copyAndVerify()
    try migration.expectSame("again", where: "time < '2024-01-02 12:00Z'")
    #expect(
      try migration.target.query("SELECT note FROM again WHERE time >= '2024-01-02 12:00Z'") == [
        ["live"], ["live"],
      ])
  }

  @Test("says which copied chunks lie outside of the window", arguments: TestServer.one)
  func outside(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    let again = try await migration.run("stage", "--until", "2024-01-02T12:00:00Z")
    #expect(
      again.stdout.contains("3 copied chunks of \"public\".\"again\" lie wholly or partly outside"),
      "\(again)")
    #expect(again.stdout.contains("Staged 0 chunks"), "\(again)")
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 4)
  }

  @Test(
    "in parts with another end finishes what is put off, and counts parts as one",
    .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func parts(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: Self.setup + "CREATE INDEX again_device ON again (device, time);")
    try migration.target.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    try await migration.run("stage", "--until", "2024-01-02T12:00:00Z", "--split-size", "2kB")
    // The first part that is copied fails to be followed by the others.
    try migration.target.execute(
      """
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT count(*) FROM __backfill.task WHERE worked IS NOT NULL) > 1 THEN RAISE 'enough'; END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER stop AFTER UPDATE OF worked ON __backfill.task FOR EACH ROW WHEN (NEW.worked IS NOT NULL)
      EXECUTE FUNCTION stop()
      """)
    try await migration.run("copy", "-p1", exits: 1)
    try migration.target.execute("DROP FUNCTION stop() CASCADE")
    let begun = try #require(
      try migration.target.value("SELECT chunk_name FROM __backfill.task WHERE worked IS NOT NULL"))
    // Where the source has statistics by now, half of a small chunk may be a single part.
    let waiting = try migration.target.tasks(where: "chunk_name = '\(begun)' AND worked IS NULL")
    let again = try await migration.run("stage", "--until", "2024-01-02T18:00:00Z", "--split-size", "2kB")
    #expect(again.stdout.contains("uncopied tasks of 1 chunk replaced") == (waiting > 0), "\(again)")
    #expect(try migration.target.tasks(where: "chunk_name = '\(begun)' AND worked IS NOT NULL") == 1)
    try await migration.copyAndVerify()
    try migration.expectSame("again", where: "time < '2024-01-02 18:00Z'")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.deferred") == "0")
    #expect(
      try migration.target.value(
        """
        SELECT count(*) FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid
        WHERE i.relname LIKE '%again_device' AND indrelid <> 'again'::regclass AND indisvalid
        """) == migration.target.value("SELECT count(*) FROM show_chunks('again')"))
  }

  @Test("with a new snapshot replaces tasks of one that is gone", arguments: TestServer.one)
  func newSnapshot(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    func stage(_ session: SQLSession) async throws {
      try session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
      let snapshot = try #require(try session.query("SELECT pg_export_snapshot()")[0][0])
      try await migration.run("stage", "--until", "2024-02-01", "--snapshot", snapshot)
    }
    try await stage(migration.source.session())
    let open = try migration.source.session()
    try await stage(open)
    try await migration.copyAndVerify()
    try migration.expectSame("again")
    try open.execute("COMMIT")
  }

  @Test("warns of an end that is still to come", arguments: TestServer.one)
  func future(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let outcome = try await migration.run("stage", "--until", "2124-01-01")
    #expect(outcome.stderr.contains("warning: --until 2124-01-01 is in the future"), "\(outcome)")
    let past = try await migration.run("stage", "--until", "2024-02-01")
    #expect(past.stderr.isEmpty, "\(past)")
  }

  @Test("names the session that keeps the queue locked, and waits for it", arguments: TestServer.one)
  func locked(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02")
    let zombie = try migration.target.session()
    try zombie.execute("BEGIN; SELECT FROM __backfill.task FOR NO KEY UPDATE")
    let process = try #require(try zombie.query("SELECT pg_backend_pid()")[0][0])
    let staging = try migration.backfill.start(["stage", "--until", "2024-02-01"])
    try await staging.waitUntilOutput(contains: "(server process \(process))")
    try zombie.execute("COMMIT")
    let outcome = try await staging.wait()
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try migration.target.tasks() == 4)
  }
}
