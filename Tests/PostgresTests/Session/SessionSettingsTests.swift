import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

/// Each is set otherwise for the database, and for one of them the role, before the session begins.
@Suite(
  "A session's settings", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct SessionSettingsTests {
  /// Setting, what the database has it at, what the session must have.
  static let settings: [(name: String, database: String, session: String)] = [
    ("search_path", "public, evil", "pg_catalog, pg_temp"),
    ("DateStyle", "SQL, DMY", "ISO, YMD"),
    ("IntervalStyle", "sql_standard", "postgres"),
    ("TimeZone", "Asia/Kathmandu", "UTC"),
    ("extra_float_digits", "-10", "3"),
    ("bytea_output", "escape", "hex"),
    ("xmlbinary", "hex", "base64"),
    ("xmloption", "document", "content"),
    ("array_nulls", "off", "on"),
    ("quote_all_identifiers", "on", "off"),
    ("lc_monetary", "C.UTF-8", "C"),
    ("standard_conforming_strings", "off", "on"),
    ("row_security", "on", "off"),
    ("statement_timeout", "30s", "0"),
    ("lock_timeout", "1ms", "0"),
    ("idle_in_transaction_session_timeout", "1h", "0"),
    ("idle_session_timeout", "1h", "0"),
    ("client_min_messages", "debug5", "error"),
    ("default_transaction_read_only", "on", "off"),
    ("jit", "on", "off"),
    ("client_encoding", "LATIN1", "UTF8"),
    ("application_name", "other", "timescaledb-backfill test"),
  ]

  @Test("hold whatever the database has set") func databaseSettings() async throws {
    let server = try #require(TestServer.newest)
    let options = DatabaseOptions(
      settings: Dictionary(uniqueKeysWithValues: Self.settings.map { ($0.name, $0.database) }))
    try await expectSettings(in: try await server.makeDatabase(options: options))
  }

  @Test("hold whatever the role has set") func roleSettings() async throws {
    let database = try await #require(TestServer.newest).makeDatabase()
    for setting in Self.settings {
      try database.executeAsSuperuser(
        """
        ALTER ROLE \(TestCluster.appUser) IN DATABASE \(quotedIdentifier(database.name))
        SET \(setting.name) = \(quotedLiteral(setting.database))
        """)
    }
    try await expectSettings(in: database)
  }

  private static let newer = Servers(.newest, .postgres(17))

  @Test("of newer versions hold too", .needs(newer)) func newerSettings() async throws {
    let database = try await Self.newer.newest().makeDatabase(
      options: DatabaseOptions(settings: ["transaction_timeout": "30s"]))
    try await database.withConnection { connection throws in
      #expect(try connection.value("SELECT current_setting('transaction_timeout')") == "0")
    }
  }

  @Test("let commits be waited for, unless told otherwise") func synchronousCommit() async throws {
    let database = try await TestDatabase.plain(DatabaseOptions(settings: ["synchronous_commit": "on"]))
    let string = try ConnectionString(database.connectionString)
    for (wanted, expected) in [(true, "on"), (false, "off")] {
      let found = try await DedicatedThread.run { () throws(any Error) in
        try Connection.open(
          string, side: .target, settings: .none, purpose: "test", interrupt: Interrupt(),
          synchronousCommit: wanted
        ).value("SHOW synchronous_commit")
      }
      #expect(found == expected)
    }
  }

  @Test("are there in a database without TimescaleDB too") func plainDatabase() async throws {
    let database = try await TestDatabase.plain()
    let found = try await database.withConnection { try $0.value("SHOW search_path") }
    #expect(found == "pg_catalog, pg_temp")
  }

  private func expectSettings(in database: TestDatabase) async throws {
    try await database.withConnection { connection throws in
      for setting in Self.settings {
        let found = try connection.value("SELECT current_setting(\(setting.name))")
        #expect(found == setting.session, "\(setting.name)")
      }
    }
  }
}
