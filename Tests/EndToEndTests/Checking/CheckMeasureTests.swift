import TestServers
import TestTraits
import Testing

@Suite("check --measure", .needsServer) struct CheckMeasureTests {
  private static let compressed = """
    ALTER TABLE readings SET (timescaledb.compress); SELECT compress_chunk(c) FROM show_chunks('readings') AS c;
    """

  @Test("tells how far and how fast both sides are, and leaves nothing", arguments: TestServer.ends)
  func measures(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: CheckTests.table + CheckTests.rows + """
        INSERT INTO readings SELECT '2024-01-02Z'::timestamptz + i * interval '1 ms', 1, i FROM generate_series(1, 200000) AS i;
        """ + (server.isCommunity ? Self.compressed : ""))
    let relations = "SELECT count(*), max(oid) FROM pg_class"
    let before = try migration.target.query(relations)
    let answer = try await migration.check("--measure", "-p2")
    #expect(answer.codes("stop") == [], "\(answer.findings)")
    #expect(try migration.target.query(relations) == before)
    let document = answer.document
    for side in ["source", "target"] {
      let time = try #require(document["measurement.\(side)_round_trip_seconds"]?.number)
      #expect(time >= 0 && time < 5)
    }
    for name in ["reading", "writing"] {
      let rates = document["measurement.\(name)"]?.elements ?? []
      #expect(rates.map { $0["sessions"]?.integer } == Array([1, 2].prefix(rates.count)) && !rates.isEmpty)
      #expect(rates.allSatisfy { ($0["bytes_per_second"]?.number ?? 0) > 100_000 }, "\(answer.outcome)")
    }
    let suggested = try #require(document["measurement.parallelism"]?.integer)
    #expect([1, 2].contains(suggested), "\(answer.outcome)")
    #expect(document["measurement.copy_seconds"]?.number != nil, "\(answer.outcome)")
    let text = try await migration.backfill.run(["check", "--measure", "-p1"])
    #expect(
      text.stdout.contains("Round trip: ") && text.stdout.contains("With --parallelism 1, copying"), "\(text)"
    )
  }

  @Test("does without writing where it may not", arguments: TestServer.one)
  func notAllowed(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: CheckTests.table + CheckTests.rows)
    let owner = migration.target.name
    try migration.target.executeAsSuperuser(
      """
      ALTER DATABASE \(owner) OWNER TO CURRENT_USER;
      REVOKE TEMPORARY ON DATABASE \(owner) FROM PUBLIC;
      GRANT CREATE ON DATABASE \(owner) TO app
      """)
    let answer = try await migration.check("--measure", "-p1")
    #expect(answer.document["measurement.writing"] == .null, "\(answer.outcome)")
    #expect(answer.document["measurement.parallelism"]?.integer == 1, "\(answer.outcome)")
  }
}
