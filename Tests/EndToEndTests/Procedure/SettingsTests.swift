import TestServers
import Testing

@Suite("Different databases", .needsServer) struct SettingsTests {
  private static let setup = """
    CREATE TABLE local (time timestamptz NOT NULL, plain timestamp, day date, span interval, word text,
      code char(6), words text[], doc jsonb, doc_text json, cash money, raw bytea, number float8, wide varchar(20),
      of_day timetz, range tstzrange);
    SELECT create_hypertable('local', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO local
    SELECT t, t AT TIME ZONE 'UTC', t::date, t - '2023-05-06Z', 'Größe ÿ ' || t::date, 'é', ARRAY['à', NULL, 'a b'],
      '{"ü": ["ß", 1.0]}', '{"ü":  ["ß", 1.0]}', 1234.5, 'bytes'::bytea, 1.0 / 3, 'Straße', '12:00+05:30',
      tstzrange(t, t + interval '1 day')
    FROM generate_series('2024-03-30Z'::timestamptz, '2024-04-01Z', '30 minutes') AS t;
    """

  @Test(
    "of other encoding, locale, time zone and date style have the same content", arguments: TestServer.one)
  func settings(server: TestServer) async throws {
    let source = try await server.makeDatabase(
      options: DatabaseOptions(
        encoding: "LATIN1", locale: "C",
        settings: [
          "TimeZone": "Asia/Kathmandu", "DateStyle": "SQL, DMY", "IntervalStyle": "iso_8601",
          "bytea_output": "escape", "extra_float_digits": "-5",
        ]), setup: Self.setup)
    let target = try await server.makeDatabase(
      options: DatabaseOptions(
        settings: [
          "TimeZone": "America/St_Johns", "DateStyle": "German", "IntervalStyle": "sql_standard",
          "default_transaction_isolation": "serializable", "statement_timeout": "20s",
        ]))
    try await source.dumpSchema(into: target)
    let migration = Migration(from: source, to: target)
    // The first 45 minutes of that day in Nepal are still the day before in UTC.
    try await migration.run("stage", "--from", "2024-03-30T01:30:00Z", "--until", "2024-03-31 18:00:00Z")
    try await migration.copyAndVerify()
    let range = "time >= '2024-03-30 01:30:00Z' AND time < '2024-03-31 18:00:00Z'"
    try migration.expectSame("local", where: range)
    #expect(try target.value("SELECT count(*) FROM local WHERE NOT (\(range))") == "0")
    // The program's comparison is not blind to what it made equal.
    try target.execute("UPDATE local SET word = upper(word) WHERE time = '2024-03-31 12:00Z'")
    try target.execute("UPDATE __backfill.task SET verified = NULL")
    let differs = try await migration.run("verify", exits: 3)
    #expect(differs.stdout.contains("\"word\" differs"), "\(differs)")
  }

  @Test("a time without a zone is UTC's, whatever the database's own zone", arguments: TestServer.one)
  func zone(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TABLE zoned (time timestamptz NOT NULL);
        SELECT create_hypertable('zoned', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO zoned SELECT generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '1 hour');
        """)
    try migration.source.executeAsSuperuser(
      "ALTER DATABASE \(quotedIdentifier(migration.source.name)) SET TimeZone = 'Asia/Tokyo'")
    try await migration.run("stage", "--until", "2024-01-02 12:00")
    try await migration.copyAndVerify()
    #expect(try migration.target.value("SELECT max(time) = '2024-01-02 11:00Z' FROM zoned") == "t")
  }

  @Test(
    "a character that the target's encoding lacks fails its chunk and no other", arguments: TestServer.one)
  func unrepresentable(server: TestServer) async throws {
    let source = try await server.makeDatabase(
      setup: """
        CREATE TABLE words (time timestamptz NOT NULL, word text);
        SELECT create_hypertable('words', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO words VALUES ('2024-01-01Z', 'Größe'), ('2024-01-02Z', '大きさ'), ('2024-01-03Z', 'size');
        """)
    let target = try await server.makeDatabase(
      options: DatabaseOptions(encoding: "LATIN1", locale: "C"),
      setup: """
        CREATE TABLE words (time timestamptz NOT NULL, word text);
        SELECT create_hypertable('words', 'time', chunk_time_interval => interval '1 day');
        """)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    let copied = try await migration.run("copy", exits: 1)
    #expect(copied.stderr.contains("LATIN1"), "\(copied)")
    #expect(try target.query("SELECT word FROM words ORDER BY time") == [["Größe"], ["size"]])
    #expect(try target.tasks(where: "worked IS NULL AND last_error LIKE '%LATIN1%'") == 1)
  }
}
