import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

/// Each is set otherwise for the database before the session begins.
@Suite(
  "TimescaleDB's settings of a session", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct ExtensionSettingsTests {
  private static let compressing = Servers(.newest, .since(2, 29))

  @Test(
    "keep what is written from being compressed on its way, whatever the database has set",
    .needs(compressing))
  func directCompression() async throws {
    let direct = ["timescaledb.enable_direct_compress_copy", "timescaledb.enable_direct_compress_insert"]
    let names = direct + direct.map { $0 + "_client_sorted" }
    let database = try await Self.compressing.newest().makeDatabase(
      options: DatabaseOptions(settings: Dictionary(uniqueKeysWithValues: names.map { ($0, "on") })))
    try await database.withConnection { connection throws in
      for name in names {
        #expect(try connection.value("SELECT current_setting(\(name))") == "off", "\(name)")
      }
    }
  }

  /// What these do is told by rows: their names have changed between versions.
  @Test(
    "show compressed rows, and let them be deleted, whatever the database has set",
    .needs(TestServer.community))
  func compressedRows() async throws {
    let settings = [
      "enable_transparent_decompression": "off", "enable_columnarscan": "off",
      "enable_dml_decompression": "off",
      "max_tuples_decompressed_per_dml_transaction": "1",
    ]
    let database = try await #require(TestServer.community.last).makeDatabase(
      setup: """
        CREATE TABLE m (t timestamptz NOT NULL, v int);
        SELECT create_hypertable('m', 't');
        ALTER TABLE m SET (timescaledb.compress);
        INSERT INTO m SELECT '2024-01-01'::timestamptz + n * interval '1 minute', n FROM generate_series(1, 3000) n;
        SELECT compress_chunk(c) FROM show_chunks('m') c;
        """)
    for (name, value) in settings {
      try database.executeAsSuperuser(
        "ALTER DATABASE \(quotedIdentifier(database.name)) SET timescaledb.\(name) = \(quotedLiteral(value))")
    }
    try await database.withConnection { connection throws in
      #expect(try connection.value("SELECT count(*) FROM public.m") == "3000")
      try connection.run("DELETE FROM public.m WHERE v > 10")
      #expect(try connection.value("SELECT count(*) FROM public.m") == "10")
    }
  }
}
