import Foundation
import TestServers
import TestTraits
import Testing

/// Whatever is done to a copied chunk, however it is stored, verify tells of it, of nothing else, and of the time it
/// was done at.
@Suite("verify finds what was tampered with at random") struct RandomTamperingTests {
  private func verify(_ ground: TamperedGround, exits code: Int32) async throws -> BackfillProcess.Outcome {
    try ground.migration.target.execute("UPDATE __backfill.task SET verified = NULL")
    return try await ground.migration.run("verify", "-p3", exits: code)
  }

  /// The chunks that differ, by the source's name, and what the queue says of them.
  private func differing(_ ground: TamperedGround) throws -> [String: String] {
    let rows = try ground.migration.target.query(
      """
      SELECT format('"%s"."%s"', chunk_schema, chunk_name), coalesce(verify_message, '') FROM __backfill.task
      WHERE verified IS NULL
      """)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
  }

  @Test("a value, a row, its place or its time", .needs(TestServer.ends), arguments: TestServer.ends)
  func rows(server: TestServer) async throws {
    let ground = try await TamperedGround.copied(on: server)
    let target = try ground.migration.target.session()
    try target.execute("SET TimeZone = 'UTC'")
    var random = SeededRandom.ofThisRun(for: "Tampering with rows on \(server)")
    // Dealt like cards, so that few are left out.
    let columns = TamperedColumn.all.shuffled(using: &random)
    var expected: [String: String] = [:]
    for day in TamperedGround.days where Int.random(in: 0..<5, using: &random) > 0 {
      let chunk = try ground.chunk(day: day)
      let tampering = RowTampering.random(
        of: ground.rows(day: day), day: day, column: columns[expected.count % columns.count], using: &random)
      for statement in tampering.statements { try target.execute(statement) }
      let isCompressedAgain = ground.form(day: day) != .rows && Bool.random(using: &random)
      if isCompressedAgain { _ = try target.query("SELECT compress_chunk('\(chunk.target)', true)") }
      expected[chunk.source] = tampering.told
    }
    let outcome = try await verify(ground, exits: 3)
    #expect(try differing(ground) == expected, "\(outcome)")
    let lines = outcome.stdout.split(separator: "\n")
    for (chunk, told) in expected {
      #expect(lines.count { $0.contains(chunk) && $0.contains(told) } == 1, "\(chunk): \(told): \(outcome)")
    }
    #expect(outcome.stdout.contains("\(expected.count) chunks differ"), "\(outcome)")
  }

  @Test(
    "a batch of compressed rows", .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func batches(server: TestServer) async throws {
    let ground = try await TamperedGround.copied(on: server)
    let target = try SQLSession(connectionString: ground.migration.target.superuserConnectionString)
    var random = SeededRandom.ofThisRun(for: "Tampering with batches on \(server)")
    var expected: Set<String> = []
    for day in TamperedGround.days where ground.form(day: day) != .rows && Bool.random(using: &random) {
      let chunk = try ground.chunk(day: day)
      let relations = try target.query(Self.compressedRelation(of: chunk.target))
      let relation = try #require(relations.first?[0])
      let device = Int.random(in: 1...2, using: &random)
      let changes = [
        "DELETE FROM \(relation) WHERE device = \(device)",
        "INSERT INTO \(relation) SELECT * FROM \(relation) WHERE device = \(device)",
        // All of the column's values are NULL then.
        "UPDATE \(relation) SET words = NULL WHERE device = \(device)",
        // The rows of a device become another's.
        "UPDATE \(relation) SET device = 9 WHERE device = \(device)",
      ]
      try target.execute(changes.randomElement(using: &random) ?? changes[0])
      expected.insert(chunk.source)
    }
    let outcome = try await verify(ground, exits: 3)
    #expect(Set(try differing(ground).keys) == expected, "\(outcome)")
    let lines = outcome.stdout.split(separator: "\n")
    for chunk in expected { #expect(lines.count { $0.contains(chunk) } == 1, "\(chunk): \(outcome)") }
  }

  /// Versions before 2.29 name it in the catalog's row of the chunk.
  private static func compressedRelation(of chunk: String) -> String {
    """
    SELECT coalesce(
      (SELECT to_jsonb(s) ->> 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
        WHERE s.relid = \(quotedLiteral(chunk))::regclass),
      (SELECT format('%I.%I', to_jsonb(z) ->> 'schema_name', to_jsonb(z) ->> 'table_name')
        FROM _timescaledb_catalog.chunk AS c JOIN _timescaledb_catalog.chunk AS z
          ON z.id::text = to_jsonb(c) ->> 'compressed_chunk_id'
        WHERE format('"%s"."%s"', to_jsonb(c) ->> 'schema_name', to_jsonb(c) ->> 'table_name') = \(quotedLiteral(chunk))))
    """
  }

  @Test(
    "nothing at all: what was only stored otherwise compares equal", .needs(TestServer.oneCommunity),
    arguments: TestServer.oneCommunity)
  func stored(server: TestServer) async throws {
    let ground = try await TamperedGround.copied(on: server)
    let target = try ground.migration.target.session()
    var random = SeededRandom.ofThisRun(for: "Storing otherwise on \(server)")
    for day in TamperedGround.days {
      let chunk = try ground.chunk(day: day).target
      let changes =
        ground.form(day: day) == .rows
        ? ["SELECT compress_chunk('\(chunk)')", "UPDATE \(chunk) SET number = number"]
        : [
          "SELECT decompress_chunk('\(chunk)')",
          "UPDATE tampered SET number = number WHERE \(TamperedRow(hour: 5, device: 1).condition(day: day))",
        ]
      _ = try target.query(changes.randomElement(using: &random) ?? changes[0])
    }
    _ = try await verify(ground, exits: 0)
    #expect(try differing(ground).isEmpty)
  }
}
