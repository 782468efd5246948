import TestServers
import Testing

/// A difference between source and target, and its repair.
struct Tampering: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let damage: String
  let repair: String
  /// What the message has to contain.
  let facts: [String]

  static let all = [
    Tampering(
      testDescription: "a value differs",
      damage: "UPDATE checked SET value = -5 WHERE time = '2024-01-03 05:00Z'",
      repair: "UPDATE checked SET value = 5 WHERE time = '2024-01-03 05:00Z'",
      facts: ["24 rows on both sides; column \"value\" differs at 2024-01-03 05:00:00+00"]),
    Tampering(
      testDescription: "a value became NULL",
      damage: "UPDATE checked SET note = NULL WHERE time = '2024-01-03 05:00Z'",
      repair: "UPDATE checked SET note = 'note 5' WHERE time = '2024-01-03 05:00Z'",
      facts: ["24 rows on both sides; column \"note\" differs at 2024-01-03 05:00:00+00"]),
    Tampering(
      testDescription: "values changed places",
      damage:
        "UPDATE checked SET value = 11 - value WHERE time IN ('2024-01-03 05:00Z', '2024-01-03 06:00Z')",
      repair:
        "UPDATE checked SET value = 11 - value WHERE time IN ('2024-01-03 05:00Z', '2024-01-03 06:00Z')",
      facts: ["combine them differently between 2024-01-03 05:00:00+00 and 2024-01-03 06:00:00+00"]),
    Tampering(
      testDescription: "a row is missing", damage: "DELETE FROM checked WHERE time = '2024-01-03 05:00Z'",
      repair: "INSERT INTO checked VALUES ('2024-01-03 05:00Z', 5, 'note 5')",
      facts: ["24 rows on the source, 23 on the target; the difference is at 2024-01-03 05:00:00+00"]),
    Tampering(
      testDescription: "a row is there twice",
      damage: "INSERT INTO checked VALUES ('2024-01-03 05:00Z', 5, 'note 5')",
      repair: """
        DELETE FROM checked WHERE ctid = (SELECT max(ctid) FROM checked WHERE time = '2024-01-03 05:00Z')
          AND time = '2024-01-03 05:00Z'
        """, facts: ["24 rows on the source, 25 on the target; the difference is at 2024-01-03 05:00:00+00"]),
    Tampering(
      testDescription: "two columns differ",
      damage: "UPDATE checked SET value = -1, note = '' WHERE time = '2024-01-03 05:00Z'",
      repair: "UPDATE checked SET value = 5, note = 'note 5' WHERE time = '2024-01-03 05:00Z'",
      facts: ["columns \"value\", \"note\" differ at 2024-01-03 05:00:00+00"]),
  ]
}

@Suite("Verify", .needsServer) struct VerifyTests {
  @Test("tells of a difference, and passes once it is repaired", arguments: TestServer.ends)
  func differences(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE checked (time timestamptz NOT NULL, value int, note text);
        SELECT create_hypertable('checked', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO checked SELECT t, extract(hour FROM t), 'note ' || extract(hour FROM t)
        FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    let chunk = try #require(
      try migration.source.value(
        """
        SELECT format('"%s"."%s"', chunk_schema, chunk_name) FROM timescaledb_information.chunks
        WHERE hypertable_name = 'checked' AND range_start = '2024-01-03Z'
        """))
    for tampering in Tampering.all {
      try migration.target.execute(tampering.damage)
      try migration.target.execute("UPDATE __backfill.task SET verified = NULL")
      for _ in 1...2 {
        let outcome = try await migration.run("verify", exits: 3)
        let told = outcome.stdout.split(separator: "\n").filter { $0.contains(chunk) }
        #expect(told.count == 1, "\(tampering.testDescription): \(outcome)")
        for fact in tampering.facts {
          #expect(told.first?.contains(fact) == true, "\(tampering.testDescription): \(outcome)")
        }
        #expect(outcome.stdout.contains("1 chunk differs"), "\(outcome)")
        #expect(try migration.target.tasks(where: "verified IS NULL") == 1, "\(tampering.testDescription)")
        #expect(
          try migration.target.tasks(where: "verified IS NULL AND verify_message IS NOT NULL") == 1,
          "\(tampering.testDescription)")
      }
      try migration.target.execute(tampering.repair)
      try await migration.run("verify")
      #expect(try migration.target.tasks(where: "verified IS NULL") == 0, "\(tampering.testDescription)")
    }
    try migration.expectSame("checked")
  }

  @Test("tells the first and the last time of many that differ", arguments: TestServer.one)
  func ends(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE dense (time timestamptz NOT NULL, value int);
        SELECT create_hypertable('dense', 'time', chunk_time_interval => interval '7 days');
        INSERT INTO dense SELECT t, 1 FROM generate_series('2024-01-04Z'::timestamptz, '2024-01-10 23:59Z', '1 min') AS t;
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    try migration.target.execute(
      """
      UPDATE dense SET value = 2 WHERE time BETWEEN '2024-01-06 10:01Z' AND '2024-01-06 12:07Z';
      UPDATE dense SET value = 2 WHERE time = '2024-01-09 17:43Z'
      """)
    let outcome = try await migration.run("verify", exits: 3)
    #expect(
      outcome.stdout.contains(
        "column \"value\" differs between 2024-01-06 10:01:00+00 and 2024-01-09 17:43:00+00\n"), "\(outcome)")
  }

  /// A type of time, a chunk's width, what is beyond all times of it, and two of one chunk.
  static let times: [(type: String, width: String, until: String, first: String, last: String)] = [
    (
      "timestamp", "interval '7 days'", "2024-02-01", "'2024-01-04 10:00:00.000001'",
      "'2024-01-05 23:59:59.999999'"
    ),
    ("date", "interval '7 days'", "2024-02-01", "'2024-01-04'", "'2024-01-10'"),
    ("bigint", "1000000", "0", "-9000000000", "-8999999999"),
    ("integer", "1000000", "1000000", "5", "900000"),
    ("smallint", "10000", "30000", "-29999", "-29998"),
  ]

  @Test("tells when rows differ, whatever the type of time", arguments: TestServer.one)
  func place(server: TestServer) async throws {
    let tables = Self.times.enumerated().map { index, time in
      """
      CREATE TABLE placed_\(index) (at \(time.type) NOT NULL, place int, value int);
      SELECT create_hypertable('placed_\(index)', 'at', 'place', 2, chunk_time_interval => \(time.width));
      INSERT INTO placed_\(index) SELECT at, 1, n FROM generate_series(1, 3) n,
        (VALUES (\(time.first)::\(time.type)), (\(time.last)::\(time.type))) v (at);
      """
    }
    let migration = try await Migration.on(server, setup: tables.joined())
    for (index, time) in Self.times.enumerated() {
      try await migration.run("stage", "--until=\(time.until)", "--filter", "placed_\(index)")
    }
    try await migration.run("copy")
    try await migration.run("verify")
    for (index, time) in Self.times.enumerated() {
      let table = "placed_\(index)"
      for (damage, told) in [
        ("UPDATE \(table) SET value = 7 WHERE value = 1 AND at = \(time.first)", "at \(time.first)"),
        (
          "UPDATE \(table) SET value = 7 WHERE value = 2 AND at = \(time.last)",
          "between \(time.first) and \(time.last)"
        ),
        ("UPDATE \(table) SET value = 1 WHERE value = 7 AND at = \(time.first)", "at \(time.last)"),
      ] {
        try migration.target.execute("\(damage); UPDATE __backfill.task SET verified = NULL")
        let outcome = try await migration.run("verify", exits: 3)
        let expected = "column \"value\" differs \(told.replacing("'", with: ""))"
        #expect(outcome.stdout.contains("\(expected)\n"), "\(time.type): \(outcome)")
      }
      try migration.target.execute("UPDATE \(table) SET value = 2 WHERE value = 7")
    }
  }

  @Test("looks at the task's range only, not at newer rows in the same chunk", arguments: TestServer.one)
  func range(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--from", "2024-01-02T06:00:00Z", "--until", "2024-01-02T18:00:00Z")
    try await migration.run("copy")
    try migration.target.execute(
      "INSERT INTO stated VALUES ('2024-01-02 05:59:59.999999Z', -1), ('2024-01-02 18:00Z', -1)")
    try await migration.run("verify")
    try migration.target.execute(
      """
      UPDATE __backfill.task SET verified = NULL; INSERT INTO stated VALUES ('2024-01-02 17:59:59.999999Z', -1)
      """)
    try await migration.run("verify", exits: 3)
  }
}
