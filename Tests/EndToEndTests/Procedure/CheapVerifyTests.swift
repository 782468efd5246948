import TestServers
import TestTraits
import Testing

/// Ways to verify that read less than everything, and say so.
@Suite("Cheaper ways to verify", .needsServer) struct CheapVerifyTests {
  /// Nothing analyzes it but the tests. Chunks have the hypertable's settings.
  private static let setup = """
    CREATE TABLE cheap (time timestamptz NOT NULL, value int) WITH (autovacuum_enabled = off);
    SELECT create_hypertable('cheap', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO cheap SELECT t, extract(hour FROM t)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:59Z', '1 min') AS t;
    """
  /// The completion point, inside of the last of four chunks.
  private static let until = "2024-01-04T12:00:00Z"

  /// On the Community edition the first chunk is compressed, and the second one too, with rows beside.
  private func copied(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: Self.setup)
    if server.isCommunity {
      for database in [migration.source, migration.target] {
        try database.execute("ALTER TABLE cheap SET (timescaledb.compress)")
      }
      try migration.source.execute(
        "SELECT compress_chunk(c) FROM (SELECT c FROM show_chunks('cheap') AS c ORDER BY c LIMIT 2) AS c")
      try migration.source.execute("INSERT INTO cheap VALUES ('2024-01-02 05:00:30Z', -1)")
    }
    try await migration.run("stage", "--until", Self.until)
    // Live rows, in the same chunk as the newest that are copied.
    try migration.target.execute(
      "INSERT INTO cheap VALUES ('2024-01-04 12:00Z', -2), ('2024-01-04 13:00Z', -2)")
    try await migration.run("copy", "-p3")
    return migration
  }

  @Test(
    "--count finds a missing row within the staged range, no changed value, and says so",
    arguments: TestServer.ends)
  func count(server: TestServer) async throws {
    let migration = try await copied(server)
    try migration.target.execute("UPDATE cheap SET value = -5 WHERE time = '2024-01-03 05:00Z'")
    let equal = try await migration.run("verify", "--count", "-p3")
    for fact in ["Counted the rows of 4 chunks", "0 chunks differ", "their values may differ", "Counted \""] {
      #expect(equal.stdout.contains(fact), "\(fact): \(equal)")
    }
    #expect(!equal.stdout.contains("Verified"), "\(equal)")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 0)
    // The same run again, as nothing is marked.
    #expect(try await migration.run("verify", "--count").stdout.contains("of 4 chunks"))

    try migration.target.execute("DELETE FROM cheap WHERE time = '2024-01-04 11:59Z'")
    let different = try await migration.run("verify", "--count", exits: 3)
    for fact in ["720 rows on the source, 719 on the target", "1 chunk differs", "of 3 chunks"] {
      #expect(different.stdout.contains(fact), "\(fact): \(different)")
    }
    #expect(try migration.target.tasks(where: "differed_at IS NOT NULL") == 1)

    let full = try await migration.run("verify", exits: 3)
    #expect(full.stdout.contains("2 chunks differ"), "\(full)")
    try await migration.run("copy", "--again", "--differing")
    #expect(try await migration.run("verify").stdout.contains("Verified 2 chunks"))
    try migration.expectSame("cheap", where: "time < '\(Self.until)'")
  }

  @Test(
    "--count --again leaves verified chunks verified, but for one that differs", arguments: TestServer.one)
  func countAgain(server: TestServer) async throws {
    let migration = try await copied(server)
    try await migration.run("verify")
    #expect(try await migration.run("verify", "--count").stdout.contains("Nothing to verify"))
    #expect(try await migration.run("verify", "--count", "--again").stdout.contains("of 4 chunks"))
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 4)
    try migration.target.execute("DELETE FROM cheap WHERE time = '2024-01-03 11:59Z'")
    try await migration.run("verify", "--count", "--again", exits: 3)
    #expect(try migration.target.tasks(where: "verified IS NULL AND differed_at IS NOT NULL") == 1)
    try migration.target.execute("INSERT INTO cheap VALUES ('2024-01-03 11:59Z', 11)")
    #expect(try await migration.run("verify").stdout.contains("Verified 1 chunk"))
  }

  @Test("--sample compares some chunks in full, and marks only those", arguments: TestServer.one)
  func sample(server: TestServer) async throws {
    let migration = try await copied(server)
    let half = try await migration.run("verify", "--sample", "50%", "-p2")
    for fact in ["Verified 2 chunks", "A sample of 2 of 4 chunks", "nothing about the other 2"] {
      #expect(half.stdout.contains(fact), "\(fact): \(half)")
    }
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 2)
    let least = try await migration.run("verify", "--sample=1")
    #expect(least.stdout.contains("A sample of 1 of 2 chunks"), "\(least)")
    try migration.target.execute("UPDATE cheap SET value = -5")
    let different = try await migration.run("verify", "--again", "--sample=100%", exits: 3)
    #expect(different.stdout.contains("4 chunks differ"), "\(different)")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL") == 0)
  }

  @Test("--estimate compares statistics, and says what it has none of", arguments: TestServer.ends)
  func estimate(server: TestServer) async throws {
    let migration = try await copied(server)
    func analyze() throws {
      try migration.source.execute("ANALYZE cheap")
      try migration.target.execute("ANALYZE cheap")
    }
    try analyze()
    let near = try await migration.run("verify", "--estimate")
    for fact in [
      "\"public\".\"cheap\": about \(server.isCommunity ? 4321 : 4320) rows on the source",
      "Compared the statistics of 3 chunks", "Left out: 1 chunk", "they prove nothing",
    ] {
      #expect(near.stdout.contains(fact), "\(fact): \(near)")
    }
    #expect(!near.stdout.contains("Verified"), "\(near)")
    #expect(try migration.target.tasks(where: "verified IS NOT NULL OR passed_by IS NOT NULL") == 0)

    try migration.target.execute(
      "DELETE FROM cheap WHERE time >= '2024-01-03Z' AND time < '2024-01-03 20:00Z'")
    try await migration.target.wait(
      until: """
        (SELECT max(pg_stat_get_mod_since_analyze(inhrelid)) >= 1200 FROM pg_inherits
         WHERE inhparent = 'cheap'::regclass)
        """)
    let stale = try await migration.run("verify", "--estimate")
    #expect(stale.stderr.contains("1 chunk with stale statistics"), "\(stale)")
    try analyze()
    let far = try await migration.run("verify", "--estimate", exits: 3)
    #expect(far.stderr.contains("about 1440 rows on the source, 240 rows on the target"), "\(far)")
    // Its values and its number are another matter.
    let counted = try await migration.run("verify", "--count", exits: 3)
    #expect(counted.stdout.contains("1440 rows on the source, 240 on the target"), "\(counted)")
    #expect(try migration.target.tasks(where: "differed_at IS NOT NULL") == 1)
  }

  @Test("--estimate never calls chunks equal that were never analyzed", arguments: TestServer.one)
  func unanalyzed(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["autovacuum": "off"])
    let source = try await cluster.makeDatabase(version: server.timescaleVersion, setup: Self.setup)
    let target = try await cluster.makeDatabase(version: server.timescaleVersion)
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", Self.until)
    try await migration.run("copy")
    try source.execute("ANALYZE cheap")
    let unknown = try await migration.run("verify", "--estimate", exits: 1)
    #expect(unknown.stderr.contains("3 chunks with no statistics"), "\(unknown)")
    #expect(unknown.stderr.contains("run ANALYZE"), "\(unknown)")
    #expect(unknown.stdout.contains("Compared the statistics of 0 chunks"), "\(unknown)")
    // An empty relation needs no statistics.
    try target.execute("DELETE FROM cheap")
    try target.execute("VACUUM cheap")
    let far = try await migration.run("verify", "--estimate", exits: 3)
    #expect(far.stderr.contains("about 1440 rows on the source, 0 rows on the target"), "\(far)")
  }

  @Test("--max-rate spreads the reading of chunks", arguments: TestServer.one)
  func rate(server: TestServer) async throws {
    let migration = try await copied(server)
    let sizes = try migration.source.query(
      "SELECT pg_table_size(c) FROM show_chunks('cheap') AS c ORDER BY c"
    )
    .compactMap { $0[0].flatMap(Double.init) }
    try #require(sizes.count == 4)
    let started = ContinuousClock.now
    try await migration.run("verify", "-p1", "--max-rate", "40kB")
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    // What comes after the newest chunk, of which a half was copied, and after the one before, has to wait for both.
    #expect(seconds > 0.8 * (sizes[3] / 2 + sizes[2]) / 40_960, "\(sizes) bytes in \(seconds) s")
  }
}
