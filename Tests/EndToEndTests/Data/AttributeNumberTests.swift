import TestServers
import Testing

/// How a target's hypertable may differ from the source's while having the same columns.
struct ColumnLayout: Sendable {
  let name: String
  let definition: String

  private static let hypertable = """
    SELECT create_hypertable('moved', 'time', chunk_time_interval => interval '1 day');
    """
  /// Makes chunks on January 2nd and, by a row that is to be replaced, 3rd.
  private static let chunks = """
    INSERT INTO moved (time, device, note) VALUES ('2024-01-02Z', 7, 'replaced'), ('2024-01-03Z', 7, 'replaced');
    """

  static let all = [
    ColumnLayout(
      name: "other order",
      definition: """
        CREATE TABLE moved (twice int GENERATED ALWAYS AS (device * 2) STORED, late text DEFAULT 'none', note text,
          device int NOT NULL, time timestamptz NOT NULL);
        """ + hypertable + chunks),
    ColumnLayout(
      name: "dropped before its chunks were made",
      definition: """
        CREATE TABLE moved (gone text, gone2 int, time timestamptz NOT NULL, device int NOT NULL, note text);
        """ + hypertable + """
          ALTER TABLE moved DROP COLUMN gone, DROP COLUMN gone2, ADD COLUMN late text DEFAULT 'none',
            ADD COLUMN twice int GENERATED ALWAYS AS (device * 2) STORED;
          """ + chunks),
    ColumnLayout(
      name: "dropped after its chunks were made",
      definition: """
        CREATE TABLE moved (gone text, time timestamptz NOT NULL, device int NOT NULL, gone2 int, note text);
        """ + hypertable + chunks + """
          ALTER TABLE moved DROP COLUMN gone, DROP COLUMN gone2, ADD COLUMN late text DEFAULT 'none',
            ADD COLUMN twice int GENERATED ALWAYS AS (device * 2) STORED;
          """),
  ]
}

@Suite("Attribute numbers", .needsServer) struct AttributeNumberTests {
  /// Each of its chunks was made at another point of the hypertable's history.
  private static let source = """
    CREATE TABLE moved (gone int, time timestamptz NOT NULL, gone2 text, device int NOT NULL, note text);
    SELECT create_hypertable('moved', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO moved SELECT 1, t, 'gone', 1, 'first'
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:00Z', '1 hour') AS t;
    ALTER TABLE moved DROP COLUMN gone;
    INSERT INTO moved SELECT t, 'gone', 2, 'second'
    FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-02 23:00Z', '1 hour') AS t;
    ALTER TABLE moved DROP COLUMN gone2, ADD COLUMN late text DEFAULT 'none',
      ADD COLUMN twice int GENERATED ALWAYS AS (device * 2) STORED;
    INSERT INTO moved SELECT t, 3, 'third', 'late'
    FROM generate_series('2024-01-03Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
    """

  @Test("the target restored from a dump", arguments: TestServer.ends)
  func dumped(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.source)
    try migration.target.execute("INSERT INTO moved VALUES ('2024-01-02 00:30Z', 9, 'replaced')")
    try await check(migration)
  }

  @Test("the target laid out otherwise", arguments: TestServer.ends)
  func byHand(server: TestServer) async throws {
    let source = try await server.makeDatabase(setup: Self.source)
    for layout in ColumnLayout.all {
      let target = try await server.makeDatabase(setup: layout.definition)
      try await check(Migration(from: source, to: target))
    }
  }

  private func check(_ migration: Migration) async throws {
    try migration.target.execute("INSERT INTO moved (time, device) VALUES ('2024-01-04 12:00Z', 42)")
    try await migration.run("stage", "--until", "2024-01-04T12:00:00Z")
    try await migration.copyAndVerify()
    try migration.expectSame("moved", where: "time < '2024-01-04 12:00Z'")
    #expect(
      try migration.target.query("SELECT device, twice FROM moved WHERE time >= '2024-01-04 12:00Z'")
        == [["42", "84"]])
  }
}
