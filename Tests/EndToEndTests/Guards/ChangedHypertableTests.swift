import TestServers
import Testing

/// What was true when the chunks were staged need not be when they are copied.
@Suite("A hypertable that was changed since staging", .needsServer) struct ChangedHypertableTests {
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var onSource = ""
    var onTarget = ""
    /// What the message has to contain.
    let facts: [String]
    /// Makes both equal again.
    var repair = ""
  }

  static let changes = [
    Change(
      testDescription: "a column more on the source",
      onSource: "ALTER TABLE altered ADD COLUMN extra int DEFAULT 7",
      facts: ["has no column \"extra\""], repair: "ALTER TABLE altered ADD COLUMN extra int DEFAULT 7"),
    Change(
      testDescription: "a column more on the target", onTarget: "ALTER TABLE altered ADD COLUMN extra int",
      facts: ["the source's chunk has no column \"extra\""], repair: "ALTER TABLE altered DROP COLUMN extra"),
    Change(
      testDescription: "a column less on the target", onTarget: "ALTER TABLE altered DROP COLUMN note",
      facts: ["has no column \"note\""], repair: "ALTER TABLE altered ADD COLUMN note text"),
    Change(
      testDescription: "a column renamed on the source",
      onSource: "ALTER TABLE altered RENAME COLUMN value TO reading",
      facts: ["has no column", "\"reading\""],
      repair: "ALTER TABLE altered RENAME COLUMN value TO reading"),
    Change(
      testDescription: "a column of another type on the source",
      onSource: "ALTER TABLE altered ALTER COLUMN value TYPE bigint",
      facts: ["column \"value\" is bigint on the source and integer on the target"],
      repair: "ALTER TABLE altered ALTER COLUMN value TYPE bigint"),
    Change(
      testDescription: "gone from the target", onTarget: "DROP TABLE altered",
      facts: ["the target has no hypertable \"public\".\"altered\""]),
  ]

  private static let table = """
    CREATE TABLE altered (time timestamptz NOT NULL, value int, note text);
    SELECT create_hypertable('altered', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows =
    "INSERT INTO altered SELECT t, 1, 'x' FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;"

  @Test("fails its chunks and says what is different", arguments: TestServer.ends, changes)
  func changed(server: TestServer, change: Change) async throws {
    let migration = try await Migration.on(
      server, setup: Self.table + Self.rows,
      targetSetup: Self.table + "INSERT INTO altered VALUES ('2024-01-02 07:30Z', -1, 'old')")
    try await migration.run("stage", "--until", "2024-02-01")
    if !change.onSource.isEmpty { try migration.source.execute(change.onSource) }
    if !change.onTarget.isEmpty { try migration.target.execute(change.onTarget) }
    let outcome = try await migration.run("copy", exits: 1)
    for fact in change.facts { #expect(outcome.stderr.contains(fact), "\(fact): \(outcome)") }
    #expect(outcome.copiedChunks.isEmpty, "\(outcome)")
    #expect(
      try migration.target.tasks(where: "worked IS NULL AND attempts = 1 AND last_error IS NOT NULL") == 3)
    guard !change.repair.isEmpty else { return }
    #expect(try migration.target.query("SELECT value FROM altered") == [["-1"]])
    try migration.target.execute(change.repair)
    try await migration.copyAndVerify()
    try migration.expectSame("altered")
  }

  @Test("in its chunk's bounds is refused", arguments: TestServer.ends)
  func recreated(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.table + Self.rows, targetSetup: Self.table)
    try await migration.run("stage", "--until", "2024-02-01")
    // The staged chunk's name stands for another day's, as after a hypertable was made anew.
    let name = try #require(
      try migration.source.value(
        "SELECT chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'altered' ORDER BY range_start LIMIT 1"
      ))
    try migration.source.execute(
      """
      SELECT drop_chunks('altered', older_than => '2024-01-02Z'::timestamptz);
      INSERT INTO altered VALUES ('2024-01-10Z', 9, 'new')
      """)
    let newest = try #require(
      try migration.source.value(
        "SELECT chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'altered' ORDER BY range_start DESC LIMIT 1"
      ))
    try migration.target.execute(
      "UPDATE __backfill.task SET chunk_name = \(quotedLiteral(newest)) WHERE chunk_name = \(quotedLiteral(name))"
    )
    try migration.target.execute("INSERT INTO altered VALUES ('2024-01-10 05:00Z', -1, 'live')")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("its dimensions or their ranges differ"), "\(outcome)")
    #expect(try migration.target.value("SELECT note FROM altered WHERE time > '2024-01-09Z'") == "live")
  }
}
